using System.Net;
using Wharf.Linux;
using Wharf.Linux.Netlink;
using Wharf.Linux.NfTables;
using Wharf.Network.Addressing;
using Wharf.Network.Control;
using Wharf.Network.Drivers;
using Wharf.Network.Firewalls;
using Wharf.Network.Networks;
using Wharf.Network.Ports;
using Wharf.Network.Sandboxes;
using Wharf.Primitives;

namespace Wharf.Network;

public sealed partial class NetworkController
{
    public Task<RestoreResult> RestoreAsync(IReadOnlyList<NetworkRecord> networks, IReadOnlyList<Sandbox> sandboxes, CancellationToken ct) => Run(() =>
    {
        bool routesForUs = _options.IpForward && Forwarding.EnableIPv4(_options.ExecRoot);
        List<NetworkRecord> all = [.. networks];
        foreach (NetworkRecord predefined in Predefined(networks))
        {
            all.RemoveAll(n => n.Name == predefined.Name);
            all.Add(predefined);
        }

        foreach (NetworkRecord record in all)
        {
            INetworkDriver driver = _drivers.TryGetValue(record.Driver, out INetworkDriver? found) ? found
                : throw WharfException.Internal($"network {record.Name} uses driver {record.Driver}, which this build does not have");
            try
            {
                driver.Ensure(record);
            }
            catch (WharfException e) when (!record.Predefined)
            {
                // One network whose interface is gone (a parent that was unplugged) does not keep the daemon from starting.
                _log.Warning($"network {record.Name} cannot be set up: {e.Message}");
            }

            _networks = _networks.SetItem(record.Id, new NetworkEntry(record, driver));
            if (record.Config.EnableIPv6 && record.BridgeName.Length > 0 && _options.IpForward)
            {
                Forwarding.EnableIPv6();
            }
        }

        BindHostNamespace();
        foreach (Sandbox sandbox in sandboxes)
        {
            Adopt(sandbox);
        }

        if (_options.Firewall || _options.FirewallIPv6)
        {
            var settings = new FirewallSettings(_options.FirewallTable, DropForeign: routesForUs && !_options.RouteForOthers, _options.Firewall, _options.FirewallIPv6);
            _firewall = new Firewall(settings, _options.OwnFirewall, _log);
            _firewall.ReplaceAll(Parts());
        }

        Sweep(networks);
        foreach (SandboxEntry entry in _sandboxes.Values)
        {
            lock (entry.Gate)
            {
                Describe(entry);
            }
        }

        return new RestoreResult(Networks, [.. _sandboxes.Values.Select(s => s.Snapshot)]);
    }, ct);

    private IEnumerable<KeyValuePair<string, IEnumerable<NfElement>>> Parts()
    {
        foreach (NetworkEntry network in _networks.Values)
        {
            yield return new(PartOf(network.Record), Elements(network.Record));
        }

        foreach (Sandbox sandbox in _sandboxes.Values.Select(s => s.Snapshot))
        {
            foreach (Endpoint endpoint in sandbox.Endpoints)
            {
                yield return new(PartOf(endpoint), Elements(sandbox, endpoint, GetEntry(endpoint.NetworkId),
                    endpoint.Id == sandbox.GatewayEndpointId ? sandbox.Ports : []));
            }
        }
    }

    /// <summary>Takes over a container that lived on: namespace, addresses, ports. What cannot be taken over is said and left out.</summary>
    private void Adopt(Sandbox sandbox)
    {
        SandboxNamespace? ns = null;
        if (sandbox.Request.Mode == SandboxMode.Private && (ns = _pool.Adopt(sandbox.SandboxId, sandbox.Key)) is null)
        {
            _log.Warning($"network namespace {sandbox.Key} of container {ObjectId.Shorten(sandbox.ContainerId)} is gone; its network is not managed until it restarts");
            return;
        }

        List<Endpoint> endpoints = [.. sandbox.Endpoints.Where(e => _networks.ContainsKey(e.NetworkId))];
        var entry = new SandboxEntry(sandbox with { Endpoints = endpoints }, ns);
        foreach (Endpoint endpoint in endpoints)
        {
            _networks[endpoint.NetworkId].Restore(endpoint);
        }

        List<PublishedPort> kept = [];
        foreach (PublishedPort port in sandbox.Ports)
        {
            if (port.HostPort == 0)
            {
                kept.Add(port);
                continue;
            }

            try
            {
                entry.Reservations.AddRange(_ports.Reserve(
                    new PortRequest { Port = port.Port, HostAddress = port.HostAddress, HostPort = port.HostPort }, [port.HostAddress], null));
                kept.Add(port);
            }
            catch (WharfException e)
            {
                _log.Warning($"port {port.HostPort} of container {ObjectId.Shorten(sandbox.ContainerId)} was taken while the daemon was away: {e.Message}");
            }
        }

        Endpoint? gateway = endpoints.Find(e => e.Id == sandbox.GatewayEndpointId);
        entry.Reservations.ForEach(r => r.StartRelay(gateway?.IPv6?.Address ?? gateway?.IPv4?.Address));
        entry.Snapshot = entry.Snapshot with { Ports = kept };
        _sandboxes[sandbox.ContainerId] = entry;
    }

    /// <summary>Removes what former daemons left: namespaces, interfaces and bridges that belong to nobody.</summary>
    private void Sweep(IReadOnlyList<NetworkRecord> former)
    {
        HashSet<string> paths = [.. _sandboxes.Values.Select(s => s.Snapshot.Key), HostNamespacePath];
        foreach (string path in Directory.EnumerateFiles(Path.Combine(_options.ExecRoot, "netns")))
        {
            if (!paths.Contains(path))
            {
                NetworkNamespace.Unbind(path);
            }
        }

        List<LinkInfo> links = _host.ListLinks();
        HashSet<string> bridges = [.. _networks.Values.Select(n => n.Record.BridgeName)];
        HashSet<string> ends = [.. _sandboxes.Values.SelectMany(s => s.Snapshot.Endpoints).Select(e => e.HostInterface)];

        // Only what bears our remark and hangs on our bridges is ours to judge: another engine, or another daemon, may live beside us.
        HashSet<int> ours = [.. links.Where(l => bridges.Contains(l.Name)).Select(l => l.Index)];
        foreach (LinkInfo end in links.Where(l => l.Kind == "veth" && ours.Contains(l.Master) && l.Alias.StartsWith(BridgeDriver.Alias, StringComparison.Ordinal) && !ends.Contains(l.Name)))
        {
            _background.Add(() => _host.DeleteLink(end.Name));
            _log.Information($"removed interface {end.Name} of a container that is gone");
        }

        foreach (NetworkRecord gone in former.Where(n => n.BridgeName.Length > 0 && !bridges.Contains(n.BridgeName)))
        {
            _drivers["bridge"].Remove(gone);
        }
    }

    private void BindHostNamespace()
    {
        string path = HostNamespacePath;
        if (File.Exists(path))
        {
            NetworkNamespace.Unbind(path);
        }

        NetworkNamespace.Open("/proc/thread-self/ns/net", out var own).ThrowIfError("open network namespace");
        using (own)
        {
            NetworkNamespace.Bind(own, path);
        }
    }

    private IEnumerable<NetworkRecord> Predefined(IReadOnlyList<NetworkRecord> stored)
    {
        NetworkRecord Known(string name, string driver) => stored.FirstOrDefault(n => n.Name == name && n.Predefined)
            ?? new NetworkRecord
            {
                Id = ObjectId.New(),
                Created = _clock.GetUtcNow(),
                Predefined = true,
                Config = new NetworkConfig { Name = name, Driver = driver, EnableIPv4 = true },
            };

        yield return Known("host", "host");
        yield return Known("none", "null");
        if (_options.Bridge != "none")
        {
            yield return DefaultBridge(Known("bridge", "bridge"), stored);
        }
    }

    /// <summary>The default network follows the daemon's flags; what no flag says stays as it was, and a new one takes the first free pool.</summary>
    private NetworkRecord DefaultBridge(NetworkRecord record, IReadOnlyList<NetworkRecord> stored)
    {
        string yesNo(bool value) => value ? "true" : "false";
        Dictionary<string, string> options = new()
        {
            ["com.docker.network.bridge.default_bridge"] = "true",
            ["com.docker.network.bridge.enable_icc"] = yesNo(_options.InterContainer),
            ["com.docker.network.bridge.enable_ip_masquerade"] = yesNo(_options.Masquerade),
            ["com.docker.network.bridge.host_binding_ipv4"] = _options.DefaultBinding.ToString(),
            ["com.docker.network.bridge.name"] = _options.Bridge,
            ["com.docker.network.driver.mtu"] = (_options.Mtu == 0 ? 1500 : _options.Mtu).ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        List<IpamPool> pools = [DefaultPool(record, ipv6: false)];
        if (_options.IPv6)
        {
            pools.Add(DefaultPool(record, ipv6: true));
        }

        var config = record.Config with { Options = options, EnableIPv6 = _options.IPv6, Pools = pools };
        config = config with { Pools = Planner(stored.Where(n => n.Name != record.Name)).Complete(config, needsGateway: _ => true) };

        // A bridge that was there before this network used it is the administrator's, who wants it back when the daemon is given another one.
        bool adopted = record.BridgeName == _options.Bridge ? record.AdoptedBridge : _host.FindLink(_options.Bridge) is not null;
        return record with { BridgeName = _options.Bridge, AdoptedBridge = adopted, Config = config };
    }

    private IpamPool DefaultPool(NetworkRecord record, bool ipv6)
    {
        InterfaceAddress? asked = ipv6 ? _options.BridgeAddressIPv6 : _options.BridgeAddress;
        Subnet range = ipv6 ? _options.FixedRangeIPv6 : _options.FixedRange;
        IpamPool? former = record.Config.Pools.FirstOrDefault(p => p.Subnet.IsIPv6 == ipv6);
        IpamPool pool = asked is { } address ? new IpamPool { Subnet = address.Subnet, Gateway = address.Address }
            : BridgeAddressNow(ipv6, range) is { } present ? new IpamPool { Subnet = present.Subnet, Gateway = present.Address }
            : former is not null && Holds(former.Subnet, range) ? new IpamPool { Subnet = former.Subnet, Gateway = former.Gateway }
            : !range.IsEmpty ? new IpamPool { Subnet = range }
            : new IpamPool { Subnet = FirstFree(ipv6) };
        pool = pool with { Range = range };
        return (ipv6 ? _options.DefaultGatewayIPv6 : _options.DefaultGateway) is { } other
            ? pool with { Auxiliary = new Dictionary<string, IPAddress> { [NetworkEntry.OtherGateway] = other } }
            : pool;
    }

    // A range that was given alone is the network itself.
    private static bool Holds(Subnet subnet, Subnet range) => range.IsEmpty || subnet.Contains(range);

    private Subnet FirstFree(bool ipv6)
    {
        var none = new NetworkConfig { Name = "bridge", EnableIPv4 = !ipv6, EnableIPv6 = ipv6 };
        return Planner([]).Complete(none, needsGateway: _ => true)[0].Subnet;
    }

    /// <summary>The bridge's address whose network holds the range of automatic addresses, if it must be somebody else's bridge or of a former daemon.</summary>
    private InterfaceAddress? BridgeAddressNow(bool ipv6, Subnet range)
    {
        if (_host.FindLink(_options.Bridge) is not { } bridge)
        {
            return null;
        }

        return _host.ListAddresses()
            .Where(a => a.Index == bridge.Index && a.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 == ipv6 && !a.Address.IsIPv6LinkLocal)
            .Select(a => new InterfaceAddress(a.Address, a.PrefixLength))
            .Where(a => Holds(a.Subnet, range))
            .Cast<InterfaceAddress?>()
            .FirstOrDefault();
    }
}
