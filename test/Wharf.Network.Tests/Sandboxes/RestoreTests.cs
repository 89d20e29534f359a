using System.Net;
using System.Text.Json;
using Wharf.Linux.Netlink;
using Wharf.Network.Json;
using Wharf.Network.Networks;
using Wharf.Network.Sandboxes;
using Wharf.Network.Tests.Lab;

namespace Wharf.Network.Tests.Sandboxes;

public sealed class RestoreTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Restart_KeepsLiveContainers_AndRemovesWhatNobodyOwns()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        NetworkRecord kept = await lab.Controller.CreateNetworkAsync(new NetworkConfig { Name = "kept" }, None);
        (Sandbox live, Machine inside) = await lab.Start(NetworkLab.Container("live", "kept", "8080:80"));
        (Sandbox dead, Machine lost) = await lab.Start(NetworkLab.Container("dead", "kept", "8081:80"));
        inside.ServeTcp(IPAddress.Any, 80);
        NetworkRecord[] networks = [.. lab.Controller.Networks];

        await lab.StopDaemon();
        Assert.NotNull(await lab.Outside.AskTcp(NetworkLab.HostAddress, 8080));

        // As the engine's store gives them back.
        networks = [.. networks.Select(n => JsonSerializer.Deserialize(JsonSerializer.Serialize(n, NetworkJson.Default.NetworkRecord), NetworkJson.Default.NetworkRecord)!)];
        Sandbox stored = JsonSerializer.Deserialize(JsonSerializer.Serialize(live, NetworkJson.Default.Sandbox), NetworkJson.Default.Sandbox)!;
        RestoreResult result = await lab.StartDaemon(networks, [stored]);

        Assert.Equal(networks.Select(n => n.Id).Order(), result.Networks.Select(n => n.Id).Order());
        Sandbox again = Assert.Single(result.Sandboxes);
        Assert.Equal(live.Endpoints[0].IPv4, again.Endpoints[0].IPv4);
        Assert.Equal(["0.0.0.0:8080", "[::]:8080"], again.Ports.Select(p => new IPEndPoint(p.HostAddress, p.HostPort).ToString()));
        Assert.NotNull(await lab.Host.AskTcp("::1", 8080));
        Assert.NotNull(await lab.Outside.AskTcp(NetworkLab.HostAddress, 8080));
        Assert.Null(await lab.Outside.AskTcp(NetworkLab.HostAddress, 8081, Machine.Silence));
        Assert.Equal(["live"], lab.Controller.GetMembers(kept.Id).Select(m => m.ContainerName));
        Assert.Single((await inside.Resolve("live"))!.Answers);
        Assert.False(File.Exists(dead.Key));
        for (int i = 0; i < 100 && lab.Route.FindLink(dead.Endpoints[0].HostInterface) is not null; i++)
        {
            await Task.Delay(20);
        }

        Assert.Null(lab.Route.FindLink(dead.Endpoints[0].HostInterface));
        Assert.NotNull(lab.Route.FindLink(live.Endpoints[0].HostInterface));

        // The live one's address and port are known to be taken.
        (Sandbox fresh, _) = await lab.Start(NetworkLab.Container("fresh", "kept"));
        Assert.NotEqual(live.Endpoints[0].IPv4, fresh.Endpoints[0].IPv4);
        await Assert.ThrowsAsync<Primitives.WharfException>(() => lab.Start(NetworkLab.Container("late", "kept", "8080:80")));
        await lab.Controller.ReleaseAsync(live.ContainerId, None);
        await lab.Start(NetworkLab.Container("late", "kept", "8080:80"));
    }

    [Fact]
    public async Task Restart_WithoutStoredNetworks_MakesThePredefinedOnesAgain()
    {
        await using NetworkLab lab = await NetworkLab.Create(o => o with { BridgeAddress = null });
        await lab.StopDaemon();

        RestoreResult result = await lab.StartDaemon([], []);

        Assert.Equal(["bridge", "host", "none"], result.Networks.Select(n => n.Name));
        Assert.Equal("172.17.0.0/16", result.Networks[0].Config.Pools[0].Subnet.ToString());
        Assert.Equal("172.17.0.1", result.Networks[0].Config.Pools[0].Gateway!.ToString());
    }

    [Fact]
    public async Task Release_LeavesNothingBehind()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        string before = lab.Nft("list", "ruleset");
        int links = lab.Route.ListLinks().Count;
        SandboxRequest request = NetworkLab.Container("web", "bridge", "8080:80", "8081:81/udp");
        Sandbox sandbox = await lab.Controller.AllocateAsync(request, None);

        await lab.Controller.ReleaseAsync(sandbox.ContainerId, None);

        Assert.Equal(before, lab.Nft("list", "ruleset"));
        for (int i = 0; i < 200 && (File.Exists(sandbox.Key) || lab.Route.ListLinks().Count != links); i++)
        {
            await Task.Delay(20);
        }

        Assert.False(File.Exists(sandbox.Key));
        Assert.Equal(links, lab.Route.ListLinks().Count);
    }

    [Fact]
    public async Task ComingBack_GetsTheSameAddressWhileItIsFree()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        SandboxRequest request = NetworkLab.Container("web");
        (Sandbox first, _) = await lab.Start(request);
        await lab.Controller.ReleaseAsync(request.ContainerId, None);

        (Sandbox other, _) = await lab.Start(NetworkLab.Container("other"));
        (Sandbox again, _) = await lab.Start(request);

        Assert.NotEqual(first.Endpoints[0].IPv4, other.Endpoints[0].IPv4);
        Assert.Equal(first.Endpoints[0].IPv4, again.Endpoints[0].IPv4);
    }

    [Fact]
    public async Task ManyAtOnce_NeverShareAnything_AndLeaveNothing()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        await lab.Controller.CreateNetworkAsync(new NetworkConfig { Name = "app" }, None);
        string before = lab.Nft("list", "ruleset");
        int links = lab.Route.ListLinks().Count;

        await Parallel.ForAsync(0, 8, async (worker, ct) =>
        {
            for (int i = 0; i < 6; i++)
            {
                Sandbox sandbox = await lab.Controller.AllocateAsync(NetworkLab.Container($"c{worker}-{i}", i % 2 == 0 ? "bridge" : "app", "80", "81/udp"), ct);
                List<Sandbox> all = [.. lab.Controller.Networks.SelectMany(n => lab.Controller.GetMembers(n.Id)).Select(m => lab.Controller.FindSandbox(m.ContainerId)).OfType<Sandbox>()];
                Assert.Single(all, s => s.Endpoints[0].IPv4 == sandbox.Endpoints[0].IPv4);
                await lab.Controller.ReleaseAsync(sandbox.ContainerId, ct);
            }
        });

        Assert.Equal(before, lab.Nft("list", "ruleset"));
        for (int i = 0; i < 500 && lab.Route.ListLinks().Count != links; i++)
        {
            await Task.Delay(20);
        }

        Assert.Equal(links, lab.Route.ListLinks().Count);
        Assert.Empty(lab.Journal);
    }

    [Fact]
    public async Task ComingBackAtOnce_TheFormerSelfIsNotHeard()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        SandboxRequest request = NetworkLab.Container("web");
        (Sandbox former, Machine lingering) = await lab.Start(request);
        lingering.ServeTcp(IPAddress.Any, 80);
        string address = former.Endpoints[0].IPv4!.Value.Address.ToString();
        Assert.NotNull(await lab.Host.AskTcp(address, 80));

        // A process that does not die keeps the old namespace alive.
        await lab.Controller.ReleaseAsync(request.ContainerId, None);
        (Sandbox again, Machine inside) = await lab.Start(request);

        Assert.Equal(former.Endpoints[0].IPv4, again.Endpoints[0].IPv4);
        Assert.Null(await lab.Host.AskTcp(address, 80, Machine.Silence));
        inside.ServeTcp(IPAddress.Any, 80);
        Assert.NotNull(await lab.Host.AskTcp(address, 80));
    }

    [Fact]
    public async Task Allocate_WhenTheBridgeWasDeleted_MakesItAgain()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        lab.Route.DeleteLink("docker0").ThrowIfError("delete");

        (_, Machine inside) = await lab.Start(NetworkLab.Container("web", "bridge", "8080:80"));

        inside.ServeTcp(IPAddress.Any, 80);
        Assert.NotNull(await lab.Outside.AskTcp(NetworkLab.HostAddress, 8080));
    }

    [Fact]
    public async Task Allocate_WhenAnInterfaceCannotBeMade_LeavesNothing()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        await lab.Controller.CreateNetworkAsync(new NetworkConfig { Name = "second" }, None);
        int links = lab.Route.ListLinks().Count;
        EndpointRequest Named(string network) => new()
        {
            Network = network,
            DriverOptions = new Dictionary<string, string> { ["com.docker.network.endpoint.ifname"] = "data0" },
        };
        SandboxRequest request = NetworkLab.Container("web", "bridge", "8080:80") with { Endpoints = [Named("bridge"), Named("second")] };

        await Assert.ThrowsAsync<Primitives.WharfException>(() => lab.Start(request));

        Assert.Null(lab.Controller.FindSandbox(request.ContainerId));
        Assert.Empty(lab.Controller.GetMembers(lab.Controller.GetNetwork("bridge").Id));
        await lab.Controller.RemoveNetworkAsync("second", None);
        for (int i = 0; i < 200 && lab.Route.ListLinks().Count != links - 1; i++)
        {
            await Task.Delay(20);
        }

        Assert.Equal(links - 1, lab.Route.ListLinks().Count);
    }

    [Fact]
    public async Task Restart_LeavesInterfacesOfOthersOnTheBridgeAlone()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        Machine other = lab.NewMachine();
        lab.Route.CreateVeth(new VethRequest { Name = "vethother", Master = lab.Route.FindLink("docker0")!.Index, PeerName = "eth0", PeerNamespace = other.Namespace }).ThrowIfError("veth");
        await lab.StopDaemon();

        await lab.StartDaemon([], []);
        await Task.Delay(100);

        Assert.NotNull(lab.Route.FindLink("vethother"));
    }

    [Fact]
    public async Task Modes_HostAndNone_MakeNoInterface()
    {
        await using NetworkLab lab = await NetworkLab.Create();

        Sandbox host = await lab.Controller.AllocateAsync(NetworkLab.Container("h") with { Mode = SandboxMode.Host, Endpoints = [] }, None);
        (Sandbox none, Machine inside) = await lab.Start(NetworkLab.Container("n") with { Endpoints = [] });

        Assert.Empty(host.Endpoints);
        Assert.True(File.Exists(host.Key));
        Assert.Equal(["lo"], inside.Route.ListLinks().Select(l => l.Name));
        Assert.Empty(none.Endpoints);
        Assert.Empty(await lab.Controller.GetStatisticsAsync(none.ContainerId, None));
    }

    [Fact]
    public async Task Statistics_CountThePackets()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        (Sandbox web, Machine inside) = await lab.Start(NetworkLab.Container("web", "bridge", "8080:80"));
        inside.ServeTcp(IPAddress.Any, 80);
        await lab.Outside.AskTcp(NetworkLab.HostAddress, 8080);

        InterfaceStatistics eth0 = Assert.Single(await lab.Controller.GetStatisticsAsync(web.ContainerId, None));

        Assert.Equal("eth0", eth0.Interface);
        Assert.True(eth0.RxPackets >= 3 && eth0.TxPackets >= 3 && eth0.RxBytes > 100 && eth0.TxBytes > 100);
    }
}
