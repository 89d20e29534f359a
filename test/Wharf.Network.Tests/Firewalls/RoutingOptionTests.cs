using System.Net;
using Wharf.Linux;
using Wharf.Linux.Netlink;
using Wharf.Network.Addressing;
using Wharf.Network.Networks;
using Wharf.Network.Sandboxes;
using Wharf.Network.Tests.Lab;

namespace Wharf.Network.Tests.Firewalls;

/// <summary>What the host routes beside its own containers, and what of them may be reached without a translation.</summary>
public sealed class RoutingOptionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PublishedPort_AtTheContainersOwnAddress_IsOpenWhereDirectRoutingIsAllowed(bool allowed)
    {
        await using NetworkLab lab = await NetworkLab.Create(o => o with { DirectRouting = allowed });
        (Sandbox web, Machine inside) = await lab.Start(NetworkLab.Container("web", "bridge", "8080:80"));
        inside.ServeTcp(IPAddress.Any, 80);
        inside.ServeTcp(IPAddress.Any, 81);
        string own = web.Endpoints[0].IPv4!.Value.Address.ToString();

        Assert.NotNull(await lab.Outside.AskTcp(NetworkLab.HostAddress, 8080));
        Assert.Equal(allowed, await lab.Outside.AskTcp(own, 80, allowed ? null : Machine.Silence) is not null);
        Assert.Null(await lab.Outside.AskTcp(own, 81, Machine.Silence));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Strangers_AreRoutedOnlyWhereTheAdministratorWantsARouter(bool routes)
    {
        Forward("0");
        await using NetworkLab lab = await NetworkLab.Create(o => o with { RouteForOthers = routes });
        Machine stranger = Neighbour(lab);
        lab.Outside.ServeTcp(IPAddress.Any, 80);

        Assert.Equal(routes, await stranger.AskTcp(NetworkLab.OutsideAddress, 80, routes ? null : Machine.Silence) is not null);
    }

    [Fact]
    public async Task TwoDaemonsOnOneHost_BothTheirContainersReachTheWorldAndStrangersDoNot()
    {
        Forward("0");
        await using NetworkLab lab = await NetworkLab.Create();
        string root = Directory.CreateTempSubdirectory("wharf-net-").FullName;
        var second = new NetworkController(
            lab.Options with { ExecRoot = root, Bridge = "second0", FirewallTable = "wharf-second0", BridgeAddress = InterfaceAddress.Parse("172.30.0.1/24") },
            new Silent(), TimeProvider.System);
        try
        {
            await second.RestoreAsync([], [], CancellationToken.None);
            (_, Machine ours) = await lab.Start(NetworkLab.Container("ours"));
            Sandbox sandbox = await second.AllocateAsync(NetworkLab.Container("theirs", "bridge", "8081:80"), CancellationToken.None);
            Machine theirs = lab.Adopt(sandbox.Key), stranger = Neighbour(lab);
            lab.Outside.ServeTcp(IPAddress.Any, 80);
            theirs.ServeTcp(IPAddress.Any, 80);

            Assert.Equal(NetworkLab.HostAddress, await ours.AskTcp(NetworkLab.OutsideAddress, 80));
            Assert.Equal(NetworkLab.HostAddress, await theirs.AskTcp(NetworkLab.OutsideAddress, 80));
            Assert.Equal(NetworkLab.OutsideAddress, await lab.Outside.AskTcp(NetworkLab.HostAddress, 8081));
            Assert.Null(await stranger.AskTcp(NetworkLab.OutsideAddress, 80, Machine.Silence));
            Assert.Null(await ours.AskTcp(sandbox.Endpoints[0].IPv4!.Value.Address.ToString(), 80, Machine.Silence));
        }
        finally
        {
            await second.DisposeAsync();
            lab.Route.DeleteLink("second0");
            foreach (string path in Directory.EnumerateFiles(Path.Combine(root, "netns")))
            {
                NetworkNamespace.Unbind(path);
            }

            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public async Task PublishedPort_AtALinkLocalAddressOfTheHost_Answers()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        await lab.Controller.CreateNetworkAsync(new NetworkConfig { Name = "six", EnableIPv6 = true }, CancellationToken.None);
        (_, Machine inside) = await lab.Start(NetworkLab.Container("web", "six", "8080:80"));
        inside.ServeTcp(IPAddress.IPv6Any, 80);
        int uplink = lab.Route.FindLink("up0")!.Index;
        lab.Route.AddAddress(uplink, IPAddress.Parse("fe80::77"), 64).ThrowIfError("address");

        // The host uses an address only when nobody has objected to it for a while.
        string? answer = null;
        for (int i = 0; i < 30 && answer is null; i++)
        {
            answer = await lab.Host.AskTcp($"fe80::77%{uplink}", 8080);
        }

        Assert.NotNull(answer);
    }

    private static void Forward(string value) => NetworkNamespace.SetSysctl("net/ipv4/ip_forward", value).ThrowIfError("ip_forward");

    /// <summary>A machine that is no container, behind the host.</summary>
    private static Machine Neighbour(NetworkLab lab)
    {
        Machine stranger = lab.NewMachine();
        lab.Cable("side0", "10.98.0.1", stranger, "10.98.0.2", 24);
        stranger.Route.ReplaceRoute(IPAddress.Any, 0, IPAddress.Parse("10.98.0.1"), 0).ThrowIfError("default route");
        lab.Outside.Route.ReplaceRoute(IPAddress.Parse("10.98.0.0"), 24, IPAddress.Parse(NetworkLab.HostAddress), 0).ThrowIfError("route back");
        return stranger;
    }

    private sealed class Silent : INetworkLog
    {
        public void Information(string message)
        {
        }

        public void Warning(string message)
        {
        }
    }
}
