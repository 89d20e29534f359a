using System.Net;
using Wharf.Network.Addressing;
using Wharf.Network.Networks;
using Wharf.Network.Tests.Lab;

namespace Wharf.Network.Tests.Networks;

public sealed class DefaultNetworkTests
{
    [Fact]
    public async Task DefaultNetwork_OnABridgeWithSeveralAddresses_TakesTheOneAroundTheRange()
    {
        await using NetworkLab lab = await NetworkLab.Create(o => o with { BridgeAddress = null, Bridge = "given0" });
        await lab.StopDaemon();
        int bridge = lab.Route.FindLink("given0")!.Index;
        foreach (string address in new[] { "192.168.160.88", "192.168.176.88", "192.168.192.88" })
        {
            lab.Route.AddAddress(bridge, IPAddress.Parse(address), 20).ThrowIfError("address");
        }

        lab.Options = lab.Options with { FixedRange = Subnet.Parse("192.168.177.0/24") };
        await lab.StartDaemon([], []);

        NetworkRecord network = lab.Controller.GetNetwork("bridge");
        Assert.Equal(("192.168.176.0/20", "192.168.177.0/24", "192.168.176.88"),
            (network.Config.Pools[0].Subnet.ToString(), network.Config.Pools[0].Range.ToString(), network.Config.Pools[0].Gateway!.ToString()));
    }

    [Theory]
    [InlineData(true, "given1")]
    [InlineData(false, "own1")]
    public async Task DefaultNetwork_GivenAnotherBridge_TakesAwayOnlyTheOneThatItMade(bool byTheAdministrator, string name)
    {
        await using NetworkLab lab = await NetworkLab.Create();
        if (byTheAdministrator)
        {
            lab.Route.CreateBridge(name, [2, 0, 0, 0, 0, 9], 1500, 0).ThrowIfError("bridge");
        }

        foreach (string bridge in new[] { name, name, "docker0" })
        {
            NetworkRecord former = lab.Controller.GetNetwork("bridge");
            await lab.StopDaemon();
            lab.Options = lab.Options with { Bridge = bridge };
            await lab.StartDaemon([former], []);
        }

        Assert.Equal(byTheAdministrator, lab.Route.FindLink(name) is not null);
        Assert.NotNull(lab.Route.FindLink("docker0"));
        if (byTheAdministrator)
        {
            lab.Route.DeleteLink(name).ThrowIfError("bridge");
        }
    }
}
