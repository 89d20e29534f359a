using System.Net;
using Wharf.Linux.Netlink;
using Wharf.Network.Addressing;
using Wharf.Network.Networks;
using Wharf.Network.Sandboxes;
using Wharf.Network.Tests.Lab;
using Wharf.Primitives;

namespace Wharf.Network.Tests.Drivers;

public sealed class MacvlanTests
{
    private static NetworkConfig Lan(params (string Key, string Value)[] more) => new()
    {
        Name = "lan",
        Driver = "macvlan",
        Options = more.Prepend(("parent", "up0")).ToDictionary(o => o.Item1, o => o.Item2),
        Pools = [new IpamPool { Subnet = Subnet.Parse("10.99.0.0/24"), Gateway = IPAddress.Parse(NetworkLab.OutsideAddress), Range = Subnet.Parse("10.99.0.128/25") }],
    };

    [Fact]
    public async Task Container_OnMacvlan_IsAMachineOnTheWire()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        await lab.Controller.CreateNetworkAsync(Lan(), CancellationToken.None);
        lab.Outside.ServeTcp(IPAddress.Any, 99);
        (Sandbox a, Machine inside) = await lab.Start(NetworkLab.Container("a", "lan"));
        (Sandbox b, Machine other) = await lab.Start(NetworkLab.Container("b", "lan"));
        other.ServeTcp(IPAddress.Any, 80);

        Assert.Equal("10.99.0.128/24", a.Endpoints[0].IPv4.ToString());
        Assert.Equal("10.99.0.128", await inside.AskTcp(NetworkLab.OutsideAddress, 99));
        Assert.Equal("10.99.0.128", await inside.AskTcp(b.Endpoints[0].IPv4!.Value.Address.ToString(), 80));
        Assert.Single((await inside.Resolve("b"))!.Answers);
        Assert.NotNull(lab.Route.FindLink("up0"));
    }

    [Theory]
    [InlineData("macvlan_mode", "sideways", "'sideways' is not valid")]
    [InlineData("nonsense", "1", "nonsense")]
    [InlineData("parent", "nowhere0", "nowhere0")]
    public async Task Create_WithAWrongOption_NamesIt(string key, string value, string words)
    {
        await using NetworkLab lab = await NetworkLab.Create();
        NetworkConfig config = Lan();
        config = config with { Options = new Dictionary<string, string>(config.Options) { [key] = value } };

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.Controller.CreateNetworkAsync(config, CancellationToken.None));

        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(lab.Controller.Networks, n => n.Name == "lan");
    }
}
