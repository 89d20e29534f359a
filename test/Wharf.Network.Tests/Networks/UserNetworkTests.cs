using System.Net;
using Wharf.Network.Addressing;
using Wharf.Network.Networks;
using Wharf.Network.Ports;
using Wharf.Network.Sandboxes;
using Wharf.Network.Tests.Lab;
using Wharf.Primitives;

namespace Wharf.Network.Tests.Networks;

public sealed class UserNetworkTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private static NetworkConfig Config(string name, params (string Key, string Value)[] options) =>
        new() { Name = name, Options = options.ToDictionary(o => o.Key, o => o.Value) };

    [Fact]
    public async Task Create_WithoutSubnet_TakesTheNextFreePool()
    {
        await using NetworkLab lab = await NetworkLab.Create();

        NetworkRecord a = await lab.Controller.CreateNetworkAsync(Config("a"), None);
        NetworkRecord b = await lab.Controller.CreateNetworkAsync(Config("b"), None);

        Assert.Equal("172.18.0.0/16", a.Config.Pools[0].Subnet.ToString());
        Assert.Equal("172.18.0.1", a.Config.Pools[0].Gateway!.ToString());
        Assert.Equal("172.19.0.0/16", b.Config.Pools[0].Subnet.ToString());
        Assert.Equal("br-" + a.Id[..12], a.BridgeName);
        Assert.NotNull(lab.Route.FindLink(a.BridgeName));
        Assert.Equal(["a", "b", "bridge", "host", "none"], lab.Controller.Networks.Select(n => n.Name));
        Assert.Equal(a.Id, lab.Controller.GetNetwork(a.Id[..8]).Id);
    }

    [Fact]
    public async Task Create_WhenARouteOfTheHostUsesAPool_SkipsIt()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        lab.Route.ReplaceRoute(IPAddress.Parse("172.18.0.0"), 15, IPAddress.Parse(NetworkLab.OutsideAddress), 0).ThrowIfError("route");

        NetworkRecord a = await lab.Controller.CreateNetworkAsync(Config("a"), None);

        Assert.Equal("172.20.0.0/16", a.Config.Pools[0].Subnet.ToString());
    }

    [Fact]
    public async Task Create_WithANameThatExists_IsAConflict()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        await lab.Controller.CreateNetworkAsync(Config("a"), None);

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.Controller.CreateNetworkAsync(Config("a"), None));

        Assert.Equal(ErrorKind.Conflict, e.Kind);
        Assert.Equal("network with name a already exists", e.Message);
    }

    [Fact]
    public async Task Create_WithDefaultsOfItsDriver_KeepsItsOwnValues()
    {
        await using NetworkLab lab = await NetworkLab.Create(o => o with
        {
            DriverOptions = [new("bridge", "com.docker.network.driver.mtu", "1400"), new("bridge", "mine", "default"), new("macvlan", "other", "1")],
        });

        NetworkRecord a = await lab.Controller.CreateNetworkAsync(Config("a", ("mine", "given")), None);

        Assert.Equal(new Dictionary<string, string> { ["com.docker.network.driver.mtu"] = "1400", ["mine"] = "given" }, a.Config.Options);
        Assert.Equal(1400, lab.Route.FindLink(a.BridgeName)!.Mtu);
    }

    [Fact]
    public async Task Create_WithAnUnknownOption_NamesIt()
    {
        await using NetworkLab lab = await NetworkLab.Create();

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.Controller.CreateNetworkAsync(Config("a", ("com.docker.network.bridge.nonsense", "1")), None));

        Assert.Contains("com.docker.network.bridge.nonsense", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(lab.Controller.Networks, n => n.Name == "a");
    }

    [Fact]
    public async Task Remove_WhileInUse_IsRefusedAndWorksAfter()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        NetworkRecord shop = await lab.Controller.CreateNetworkAsync(Config("shop"), None);
        (Sandbox web, _) = await lab.Start(NetworkLab.Container("web", "shop"));

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.Controller.RemoveNetworkAsync("shop", None));
        Assert.Equal(ErrorKind.Forbidden, e.Kind);
        Assert.Equal($"error while removing network: network shop has active endpoints (name:\"web\" id:\"{web.Endpoints[0].Id[..12]}\")", e.Message);

        await lab.Controller.ReleaseAsync(web.ContainerId, None);
        await lab.Controller.RemoveNetworkAsync("shop", None);
        Assert.Null(lab.Route.FindLink(shop.BridgeName));
        Assert.Equal("network shop not found", Assert.Throws<WharfException>(() => lab.Controller.GetNetwork("shop")).Message);
    }

    [Theory]
    [InlineData("bridge")]
    [InlineData("host")]
    [InlineData("none")]
    public async Task Remove_Predefined_IsForbidden(string name)
    {
        await using NetworkLab lab = await NetworkLab.Create();

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.Controller.RemoveNetworkAsync(name, None));

        Assert.Equal(ErrorKind.Forbidden, e.Kind);
        Assert.Equal($"{name} is a pre-defined network and cannot be removed", e.Message);
    }

    [Fact]
    public async Task StaticAddress_IsGivenOrRefusedWithDockersWords()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        await lab.Controller.CreateNetworkAsync(new NetworkConfig { Name = "own", Pools = [new IpamPool { Subnet = Subnet.Parse("10.7.0.0/24") }] }, None);
        await lab.Controller.CreateNetworkAsync(Config("auto"), None);
        SandboxRequest Ask(string network, string address) => NetworkLab.Container("c", network) with
        {
            Endpoints = [new EndpointRequest { Network = network, IPv4 = IPAddress.Parse(address) }],
        };

        (Sandbox given, _) = await lab.Start(Ask("own", "10.7.0.50"));
        Assert.Equal("10.7.0.50/24", given.Endpoints[0].IPv4.ToString());

        async Task<string> Refusal(SandboxRequest request) => (await Assert.ThrowsAsync<WharfException>(() => lab.Controller.AllocateAsync(request, None))).Message;
        Assert.Equal("Address already in use", await Refusal(Ask("own", "10.7.0.50")));
        Assert.Equal("Address already in use", await Refusal(Ask("own", "10.7.0.1")));
        Assert.Contains("no configured subnet or ip-range contain the IP address 10.8.0.1", await Refusal(Ask("own", "10.8.0.1")), StringComparison.Ordinal);
        Assert.Contains("user specified IP address is supported only when connecting to networks with user configured subnets", await Refusal(Ask("auto", "172.18.0.9")), StringComparison.Ordinal);
        Assert.Contains("user specified IP address is supported on user defined networks only", await Refusal(Ask("bridge", "172.17.0.9")), StringComparison.Ordinal);
        Assert.Equal("network nowhere not found", await Refusal(NetworkLab.Container("c", "nowhere")));
    }

    [Fact]
    public async Task Bridges_AreIsolated_ButPublishedPortsAreReached()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        await lab.Controller.CreateNetworkAsync(Config("a"), None);
        await lab.Controller.CreateNetworkAsync(Config("b"), None);
        (Sandbox web, Machine inside) = await lab.Start(NetworkLab.Container("web", "a", "8080:80"));
        (_, Machine same) = await lab.Start(NetworkLab.Container("same", "a"));
        (_, Machine other) = await lab.Start(NetworkLab.Container("other", "b"));
        (_, Machine old) = await lab.Start(NetworkLab.Container("old"));
        inside.ServeTcp(IPAddress.Any, 80);
        string address = web.Endpoints[0].IPv4!.Value.Address.ToString();

        Assert.NotNull(await same.AskTcp(address, 80));
        Assert.Null(await other.AskTcp(address, 80, Machine.Silence));
        Assert.Null(await old.AskTcp(address, 80, Machine.Silence));
        Assert.NotNull(await other.AskTcp(NetworkLab.HostAddress, 8080));
        Assert.NotNull(await old.AskTcp("172.17.0.1", 8080));
    }

    [Fact]
    public async Task InternalNetwork_HasNoWayOutAndNoneIn()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        await lab.Controller.CreateNetworkAsync(Config("in") with { Internal = true }, None);
        lab.Outside.ServeTcp(IPAddress.Any, 99);
        (Sandbox web, Machine inside) = await lab.Start(NetworkLab.Container("web", "in", "8080:80"));
        (_, Machine other) = await lab.Start(NetworkLab.Container("other", "in"));
        inside.ServeTcp(IPAddress.Any, 80);
        string address = web.Endpoints[0].IPv4!.Value.Address.ToString();

        Assert.Empty(web.Ports);
        Assert.Null(web.Endpoints[0].Gateway);
        Assert.NotNull(await other.AskTcp(address, 80));
        Assert.Null(await inside.AskTcp(NetworkLab.OutsideAddress, 99, Machine.Silence));

        // Even with a route of its own making, and from outside.
        inside.Route.ReplaceRoute(IPAddress.Any, 0, IPAddress.Parse("172.18.0.1"), 0).ThrowIfError("route");
        Assert.Null(await inside.AskTcp(NetworkLab.OutsideAddress, 99, Machine.Silence));
        Assert.Null(await lab.Outside.AskTcp(address, 80, Machine.Silence));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public async Task IccFalse_SeparatesContainersOfOneNetwork(string bridgeCallsIptables)
    {
        await using NetworkLab lab = await NetworkLab.Create(o => o with { InterContainer = false });
        lab.SetBridgeCallsIptables(bridgeCallsIptables);
        SandboxRequest request = NetworkLab.Container("db");
        (Sandbox db, Machine inside) = await lab.Start(request with { ExposedPorts = [new ContainerPort(80, TransportProtocol.Tcp)] });
        (_, Machine stranger) = await lab.Start(NetworkLab.Container("stranger"));
        (Sandbox friend, Machine linked) = await lab.Start(NetworkLab.Container("friend") with
        {
            Endpoints = [new EndpointRequest { Network = "bridge", Links = [new LinkRequest(db.ContainerId, "db", "database")] }],
        });
        lab.Outside.ServeTcp(IPAddress.Any, 99);
        inside.ServeTcp(IPAddress.Any, 80);
        inside.ServeTcp(IPAddress.Any, 81);

        Assert.Null(await stranger.AskTcp("172.17.0.2", 80, Machine.Silence));
        Assert.NotNull(await linked.AskTcp("172.17.0.2", 80));
        Assert.Null(await linked.AskTcp("172.17.0.2", 81, Machine.Silence));
        Assert.NotNull(await stranger.AskTcp(NetworkLab.OutsideAddress, 99));
        Assert.Contains("172.17.0.2\tdatabase db-host db\n", friend.Hosts, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Link_WhenTheTargetComesBackWithAnotherAddress_IsRewrittenInPlace()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        string files = Directory.CreateDirectory(Path.Combine(lab.Options.ExecRoot, "files")).FullName;
        SandboxRequest target = NetworkLab.Container("db");
        await lab.Start(target);
        await lab.Start(NetworkLab.Container("web") with
        {
            FilesDirectory = files,
            Endpoints = [new EndpointRequest { Network = "bridge", Links = [new LinkRequest(target.ContainerId, "db", "db")] }],
        });
        using var mounted = new FileStream(Path.Combine(files, "hosts"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Assert.Contains("172.17.0.2\tdb db-host\n", File.ReadAllText(Path.Combine(files, "hosts")), StringComparison.Ordinal);

        await lab.Controller.ReleaseAsync(target.ContainerId, None);
        await lab.Start(NetworkLab.Container("thief") with { ContainerId = ObjectId.New() });
        for (int i = 0; i < 3 && lab.Controller.FindSandbox(target.ContainerId) is null; i++)
        {
            await lab.Start(target with { Endpoints = [new EndpointRequest { Network = "bridge" }] });
        }

        string now = lab.Controller.FindSandbox(target.ContainerId)!.Endpoints[0].IPv4!.Value.Address.ToString();
        Assert.Contains($"{now}\tdb db-host\n", new StreamReader(mounted).ReadToEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAndDisconnect_OfARunningContainer_AddAndRemoveAnInterface()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        await lab.Controller.CreateNetworkAsync(Config("late"), None);
        (Sandbox web, Machine inside) = await lab.Start(NetworkLab.Container("web"));
        (Sandbox db, Machine other) = await lab.Start(NetworkLab.Container("db", "late"));
        other.ServeTcp(IPAddress.Any, 80);
        Assert.DoesNotContain("127.0.0.11", web.ResolvConf, StringComparison.Ordinal);

        Sandbox joined = await lab.Controller.ConnectAsync(web.ContainerId, new EndpointRequest { Network = "late", Aliases = ["site"] }, None);

        Assert.Equal(["eth0", "eth1"], joined.Endpoints.Select(e => e.Interface));
        Assert.NotNull(await inside.AskTcp(db.Endpoints[0].IPv4!.Value.Address.ToString(), 80));
        Assert.Single((await other.Resolve("site"))!.Answers);
        Assert.Single((await inside.Resolve("db"))!.Answers);
        Assert.Contains("nameserver 127.0.0.11", joined.ResolvConf, StringComparison.Ordinal);
        WharfException twice = await Assert.ThrowsAsync<WharfException>(() => lab.Controller.ConnectAsync(web.ContainerId, new EndpointRequest { Network = "late" }, None));
        Assert.Equal("endpoint with name web already exists in network late", twice.Message);

        Sandbox left = await lab.Controller.DisconnectAsync(web.ContainerId, "late", None);
        Assert.Single(left.Endpoints);
        Assert.Null(inside.Route.FindLink("eth1"));
        Assert.Single(lab.Controller.GetMembers(lab.Controller.GetNetwork("late").Id));
        WharfException gone = await Assert.ThrowsAsync<WharfException>(() => lab.Controller.DisconnectAsync(web.ContainerId, "late", None));
        Assert.Equal($"container {web.ContainerId} is not connected to network late", gone.Message);
    }

    [Fact]
    public async Task GatewayModes_DecideWhatComesInDirectly()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        await lab.Controller.CreateNetworkAsync(Config("routed", ("com.docker.network.bridge.gateway_mode_ipv4", "routed")), None);
        await lab.Controller.CreateNetworkAsync(Config("open", ("com.docker.network.bridge.gateway_mode_ipv4", "nat-unprotected")), None);
        (Sandbox routed, Machine a) = await lab.Start(NetworkLab.Container("routed", "routed", "8080:80"));
        (Sandbox open, Machine b) = await lab.Start(NetworkLab.Container("open", "open"));
        foreach (Machine machine in new[] { a, b })
        {
            machine.ServeTcp(IPAddress.Any, 80);
            machine.ServeTcp(IPAddress.Any, 81);
        }

        string first = routed.Endpoints[0].IPv4!.Value.Address.ToString(), second = open.Endpoints[0].IPv4!.Value.Address.ToString();
        Assert.Equal(0, routed.Ports[0].HostPort);
        Assert.Equal("0.0.0.0", routed.Ports[0].HostAddress.ToString());
        Assert.Equal(NetworkLab.OutsideAddress, await lab.Outside.AskTcp(first, 80));
        Assert.Null(await lab.Outside.AskTcp(first, 81, Machine.Silence));
        Assert.Null(await lab.Outside.AskTcp(NetworkLab.HostAddress, 8080, Machine.Silence));
        Assert.NotNull(await lab.Outside.AskTcp(second, 81));
    }

    [Fact]
    public async Task Network_ThatIsCalledLikeTheIdOfAnother_GivesWayToIt()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        NetworkRecord first = await lab.Controller.CreateNetworkAsync(Config("first"), None);
        NetworkRecord full = await lab.Controller.CreateNetworkAsync(Config(first.Id), None);
        NetworkRecord prefix = await lab.Controller.CreateNetworkAsync(Config(first.Id[..12]), None);

        Assert.Equal(prefix.Id, lab.Controller.GetNetwork(first.Id[..12]).Id);
        Assert.Equal(first.Id, lab.Controller.GetNetwork(first.Id).Id);
        await lab.Controller.RemoveNetworkAsync(first.Id, None);
        Assert.Equal(full.Id, lab.Controller.GetNetwork(first.Id).Id);
    }

    [Fact]
    public async Task Disconnect_FromTheNetworkOfBothDefaultRoutes_GivesBothToTheNext()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        await lab.Controller.CreateNetworkAsync(Config("one") with { EnableIPv6 = true }, None);
        NetworkRecord two = await lab.Controller.CreateNetworkAsync(Config("two") with { EnableIPv6 = true }, None);
        SandboxRequest request = NetworkLab.Container("web", "one");
        (_, Machine inside) = await lab.Start(request);
        await lab.Controller.ConnectAsync(request.ContainerId, new EndpointRequest { Network = "two" }, None);

        await lab.Controller.DisconnectAsync(request.ContainerId, "one", None);

        Assert.Equal([.. two.Config.Pools.Select(p => p.Gateway!)], inside.Route.ListRoutes().Where(r => r.PrefixLength == 0).Select(r => r.Gateway));
    }

    [Fact]
    public async Task DefaultNetwork_ThatIsTurnedOff_LeavesLoopbackAlone()
    {
        await using NetworkLab lab = await NetworkLab.Create(o => o with { Bridge = "none", BridgeAddress = null });

        (Sandbox sandbox, Machine inside) = await lab.Start(NetworkLab.Container("web"));

        Assert.Empty(sandbox.Endpoints);
        Assert.Equal(["lo"], inside.Route.ListLinks().Select(l => l.Name));
    }

    [Fact]
    public async Task FixedRange_GivenAlone_IsTheDefaultNetwork()
    {
        await using NetworkLab lab = await NetworkLab.Create(o => o with { BridgeAddress = null, FixedRange = Subnet.Parse("192.168.50.0/24") });

        (Sandbox sandbox, _) = await lab.Start(NetworkLab.Container("web"));

        Assert.Equal("192.168.50.0/24", lab.Controller.GetNetwork("bridge").Config.Pools[0].Subnet.ToString());
        Assert.Equal("192.168.50.2", sandbox.Endpoints[0].IPv4!.Value.Address.ToString());
    }

    [Fact]
    public async Task DualStack_PublishesOnBothFamilies()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        NetworkRecord six = await lab.Controller.CreateNetworkAsync(Config("six") with { EnableIPv6 = true }, None);
        (Sandbox web, Machine inside) = await lab.Start(NetworkLab.Container("web", "six", "8080:80"));
        (_, Machine other) = await lab.Start(NetworkLab.Container("other", "six"));
        inside.ServeTcp(IPAddress.IPv6Any, 80);

        Assert.Equal(2, six.Config.Pools.Count);
        Assert.Equal(["0.0.0.0", "::"], web.Ports.Select(p => p.HostAddress.ToString()));
        Assert.NotNull(await other.AskTcp(web.Endpoints[0].IPv6!.Value.Address.ToString(), 80));
        Assert.NotNull(await lab.Host.AskTcp("::1", 8080));
        Assert.NotNull(await lab.Host.AskTcp(six.Config.Pools[1].Gateway!.ToString(), 8080));
        Assert.NotNull(await other.AskTcp(six.Config.Pools[1].Gateway!.ToString(), 8080));
    }
}
