using System.Net;
using Wharf.Network.Networks;
using Wharf.Network.Sandboxes;
using Wharf.Network.Tests.Lab;

namespace Wharf.Network.Tests.Firewalls;

public sealed class FamilyTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task FamilyThatIsLeftAlone_HasNoRulesWhileTheOtherHas(bool ipv4, bool ipv6)
    {
        await using NetworkLab lab = await NetworkLab.Create(o => o with { Firewall = ipv4, FirewallIPv6 = ipv6 });
        foreach (string name in new[] { "one", "two" })
        {
            await lab.Controller.CreateNetworkAsync(new NetworkConfig { Name = name, EnableIPv6 = true }, CancellationToken.None);
        }

        (Sandbox web, Machine inside) = await lab.Start(NetworkLab.Container("web", "one"));
        (_, Machine stranger) = await lab.Start(NetworkLab.Container("stranger", "two"));
        inside.ServeTcp(IPAddress.Any, 80);
        inside.ServeTcp(IPAddress.IPv6Any, 81);

        string four = web.Endpoints[0].IPv4!.Value.Address.ToString(), six = web.Endpoints[0].IPv6!.Value.Address.ToString();
        Assert.Equal(!ipv4, await stranger.AskTcp(four, 80, ipv4 ? Machine.Silence : null) is not null);
        Assert.Equal(!ipv6, await stranger.AskTcp(six, 81, ipv6 ? Machine.Silence : null) is not null);
    }

    [Fact]
    public async Task PublishedPort_WithoutRulesForIPv6_IsReachedOverIPv6()
    {
        await using NetworkLab lab = await NetworkLab.Create(o => o with { FirewallIPv6 = false });
        NetworkRecord six = await lab.Controller.CreateNetworkAsync(new NetworkConfig { Name = "six", EnableIPv6 = true }, CancellationToken.None);
        (_, Machine inside) = await lab.Start(NetworkLab.Container("web", "six", "8080:80"));
        inside.ServeTcp(IPAddress.IPv6Any, 80);

        Assert.NotNull(await lab.Host.AskTcp("::1", 8080));
        Assert.NotNull(await lab.Host.AskTcp(six.Config.Pools[1].Gateway!.ToString(), 8080));
    }
}
