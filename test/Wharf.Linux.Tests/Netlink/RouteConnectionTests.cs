using System.Net;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux.Netlink;
using Wharf.Linux.NfTables;

namespace Wharf.Linux.Tests.Netlink;

/// <summary>Against the kernel, in network namespaces made for it.</summary>
public sealed class RouteConnectionTests : IDisposable
{
    private readonly NamespaceThread _thread = new("tests");
    private readonly SafeFileHandle _ns;
    private readonly RouteConnection _route;

    public RouteConnectionTests() => (_ns, _route) = _thread.Create(_ => RouteConnection.Open());

    [Fact]
    public void Veth_BetweenTwoNamespaces_IsMadeInOneSend()
    {
        (SafeFileHandle other, RouteConnection there) = _thread.Create(_ => RouteConnection.Open());
        using (other)
        using (there)
        {
            _route.CreateBridge("br0", [2, 0, 0, 0, 0, 1], 0, 7).ThrowIfError("bridge");
            LinkInfo bridge = _route.FindLink("br0")!;
            Assert.Equal(("bridge", true), (bridge.Kind, bridge.Up));
            Assert.Equal([2, 0, 0, 0, 0, 1], bridge.Address);

            _route.CreateVeth(new VethRequest { Name = "v0", Master = bridge.Index, PeerName = "eth0", PeerAddress = [2, 0, 0, 0, 0, 2], PeerNamespace = other, Mtu = 1400 }).ThrowIfError("veth");

            LinkInfo end = _route.FindLink("v0")!, peer = there.FindLink("eth0")!;
            Assert.Equal((bridge.Index, true, 1400), (end.Master, end.Up, end.Mtu));
            Assert.Equal((false, 1400), (peer.Up, peer.Mtu));
            Assert.Equal([2, 0, 0, 0, 0, 2], peer.Address);
            there.Configure(new InterfaceSetup { Index = peer.Index, Addresses = [(IPAddress.Parse("10.0.0.2"), 24)], Gateways = [IPAddress.Parse("10.0.0.1")] }).ThrowIfError("configure");
            Assert.Contains(there.ListRoutes(), r => r.PrefixLength == 0 && Equals(r.Gateway, IPAddress.Parse("10.0.0.1")));
            Assert.Contains(there.ListAddresses(), a => a.Index == peer.Index && a is { PrefixLength: 24 } && a.Address.Equals(IPAddress.Parse("10.0.0.2")));
            _route.DeleteLink("v0").ThrowIfError("delete");
            Assert.Null(there.FindLink("eth0"));
        }
    }

    [Fact]
    public void Refusal_IsAnAnswerWithTheKernelsWords()
    {
        _route.CreateBridge("br0", [2, 0, 0, 0, 0, 1], 0, 7).ThrowIfError("bridge");

        Assert.Equal(Errno.EEXIST, _route.CreateBridge("br0", [2, 0, 0, 0, 0, 1], 0, 7).Errno);
        Assert.Equal(Errno.ENODEV, _route.DeleteLink("nothing").Errno);
        Assert.Null(_route.FindLink("nothing"));
        NetlinkAnswer answer = _route.ReplaceRoute(IPAddress.Any, 0, IPAddress.Parse("10.9.9.9"), 0);
        Assert.Equal(Errno.ENETUNREACH, answer.Errno);
        Assert.Contains("Nexthop has invalid gateway", answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void NeighboursRulesAndVxlan_AreTaken()
    {
        _route.CreateVxlan(new VxlanRequest("vx0", 4096, null)).ThrowIfError("vxlan");
        int index = _route.FindLink("vx0")!.Index;

        _route.SetNeighbour(index, IPAddress.Parse("10.0.0.9"), [2, 0, 0, 0, 0, 9]).ThrowIfError("neighbour");
        _route.SetForwarding(index, [2, 0, 0, 0, 0, 9], IPAddress.Parse("192.0.2.9")).ThrowIfError("forwarding");
        _route.DeleteNeighbour(index, IPAddress.Parse("10.0.0.9")).ThrowIfError("neighbour");
        var rule = new RoutingRule(IPAddress.Parse("10.0.0.0"), 24, 0, 100, 1000);
        _route.AddRule(rule).ThrowIfError("rule");
        _route.DeleteRule(rule).ThrowIfError("rule");
        Assert.Equal(Errno.ENOENT, _route.DeleteRule(rule).Errno);
    }

    [Fact]
    public void Batch_WithOneWrongMessage_ChangesNothingAndNamesIt()
    {
        using NfTablesConnection tables = _thread.Run(_ns, NfTablesConnection.Open);
        var batch = new NfBatch().AddTable(NfFamily.Inet, "one", NfTableFlags.None).AddElements("one", [new NfElement(NfFamily.Inet, "missing", [1])]);

        NetlinkAnswer answer = tables.Commit(batch);

        Assert.Equal(Errno.ENOENT, answer.Errno);
        Assert.Contains("missing", answer.ToString(), StringComparison.Ordinal);
        Assert.Empty(tables.ListTables());
        tables.Commit(new NfBatch().AddTable(NfFamily.Inet, "one", NfTableFlags.None)).ThrowIfError("commit");
        Assert.Equal("one", Assert.Single(tables.ListTables()).Name);
    }

    [Fact]
    public void Elements_InThousands_GoInOneTransaction()
    {
        using NfTablesConnection tables = _thread.Run(_ns, NfTablesConnection.Open);
        var table = new NfTable { Family = NfFamily.Inet, Name = "many", Sets = [new NfSet("ports", [NfDataType.Protocol, NfDataType.Service])] };
        IEnumerable<NfElement> all = Enumerable.Range(1, 20_000).Select(i => new NfElement(NfFamily.Inet, "ports", [6, 0, 0, 0, (byte)(i >> 8), (byte)i, 0, 0]));

        tables.Commit(new NfBatch().AddTable(table, NfTableFlags.None).AddElements("many", all)).ThrowIfError("add");
        tables.Commit(new NfBatch().RemoveElements("many", all)).ThrowIfError("remove");
    }

    [Fact]
    public void NamespaceThread_AfterAFailure_IsBackHome()
    {
        Assert.Throws<InvalidOperationException>(() => _thread.Run<int>(_ns, () => throw new InvalidOperationException()));
        string home = File.ResolveLinkTarget("/proc/self/ns/net", false)!.ToString();

        string there = _thread.Run(_ns, () => File.ResolveLinkTarget("/proc/thread-self/ns/net", false)!.ToString());
        (SafeFileHandle created, string inside) = _thread.Create(_ => File.ResolveLinkTarget("/proc/thread-self/ns/net", false)!.ToString());
        created.Dispose();

        Assert.NotEqual(home, there);
        Assert.NotEqual(there, inside);
        Assert.Equal(home, File.ResolveLinkTarget("/proc/self/ns/net", false)!.ToString());
    }

    public void Dispose()
    {
        _route.Dispose();
        _ns.Dispose();
        _thread.Dispose();
    }
}
