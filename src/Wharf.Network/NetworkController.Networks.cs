using Wharf.Linux.Netlink;
using Wharf.Network.Addressing;
using Wharf.Network.Bridges;
using Wharf.Network.Control;
using Wharf.Network.Drivers;
using Wharf.Network.Firewalls;
using Wharf.Network.Networks;
using Wharf.Network.Pools;
using Wharf.Primitives;

namespace Wharf.Network;

public sealed partial class NetworkController
{
    private const string IPv4Option = "com.docker.network.enable_ipv4";
    private const string IPv6Option = "com.docker.network.enable_ipv6";
    private static readonly string[] PredefinedNames = ["bridge", "host", "none", "default"];

    public Task<NetworkRecord> CreateNetworkAsync(NetworkConfig config, CancellationToken ct) => Run(() =>
    {
        CheckName(config.Name);
        if (config.ConfigOnly)
        {
            return CreateConfiguration(config);
        }

        if (!_drivers.TryGetValue(config.Driver, out INetworkDriver? driver))
        {
            throw WharfException.NotFound($"could not find plugin {config.Driver} in v1 plugin registry: plugin not found");
        }

        if (config.IpamDriver is not ("" or "default"))
        {
            throw WharfException.NotFound($"could not find plugin {config.IpamDriver} in v1 plugin registry: plugin not found");
        }

        config = config with { Options = WithDefaults(config, o => !IsFamily(o.Key)) };
        lock (_lock)
        {
            CheckFree(config.Name);
            List<NetworkRecord> others = [.. _networks.Values.Select(n => n.Record)];
            var record = new NetworkRecord { Id = ObjectId.New(), Config = config, Created = _clock.GetUtcNow() };
            record = driver.Plan(record, others);
            record = record with { Config = config with { Pools = Planner(others).Complete(config, ipv6 => driver.WantsGateway(config, ipv6)) } };
            return Start(record, driver).Record;
        }
    }, ct);

    // Docker shows it under the driver "null", too: whoever does not know of such networks must not take it for one that works.
    private NetworkRecord CreateConfiguration(NetworkConfig config)
    {
        PoolPlanner.Check(config);
        lock (_lock)
        {
            CheckFree(config.Name);
            var record = new NetworkRecord { Id = ObjectId.New(), Config = config with { Driver = "null" }, Created = _clock.GetUtcNow() };
            return Start(record, _drivers["null"]).Record;
        }
    }

    private void CheckFree(string name)
    {
        if (_networks.Values.Any(n => n.Record.Name == name))
        {
            throw WharfException.Conflict($"network with name {name} already exists");
        }
    }

    public NetworkConfig WithFamilies(NetworkConfig config, bool? ipv4, bool? ipv6)
    {
        Dictionary<string, string> options = WithDefaults(config, o => IsFamily(o.Key));
        return config with
        {
            EnableIPv4 = Family(options, IPv4Option, ipv4, otherwise: true),
            EnableIPv6 = Family(options, IPv6Option, ipv6, otherwise: false),
            Options = options,
        };
    }

    // An option that the creator's own word overrules is not shown: it would contradict what is.
    private static bool Family(Dictionary<string, string> options, string key, bool? asked, bool otherwise)
    {
        if (asked is { } told)
        {
            options.Remove(key);
            return told;
        }

        return !options.TryGetValue(key, out string? text) ? otherwise
            : BridgeSettings.TryBoolean(text, out bool value) ? value
            : throw WharfException.Invalid($"driver-opt \"{key}\" is not a valid bool");
    }

    private static bool IsFamily(string key) => key is IPv4Option or IPv6Option;

    private Dictionary<string, string> WithDefaults(NetworkConfig config, Func<NetworkDriverOption, bool> which)
    {
        Dictionary<string, string> options = new(config.Options);
        foreach (NetworkDriverOption option in _options.DriverOptions.Where(o => o.Driver == config.Driver && which(o)))
        {
            options.TryAdd(option.Key, option.Value);
        }

        return options;
    }

    public Task<NetworkRecord> RemoveNetworkAsync(string nameOrId, CancellationToken ct) => Run(() =>
    {
        lock (_lock)
        {
            NetworkEntry entry = GetEntry(nameOrId);
            if (entry.Record.Predefined)
            {
                throw WharfException.Forbidden($"{entry.Record.Name} is a pre-defined network and cannot be removed");
            }

            if (entry.Record.Config.ConfigOnly && _networks.Values.Any(n => n.Record.Config.ConfigFrom == entry.Record.Name))
            {
                throw WharfException.Forbidden($"configuration network \"{entry.Record.Name}\" is in use");
            }

            IReadOnlyList<NetworkMember> members = GetMembers(entry.Record.Id);
            if (!entry.TryClose())
            {
                string list = string.Join(", ", members.Select(m => $"name:\"{m.ContainerName}\" id:\"{ObjectId.Shorten(m.Endpoint.Id)}\""));
                throw WharfException.Forbidden($"error while removing network: network {entry.Record.Name} has active endpoints ({list})");
            }

            _networks = _networks.Remove(entry.Record.Id);
            _firewall?.Remove(PartOf(entry.Record));
            entry.Driver.Remove(entry.Record);
            return entry.Record;
        }
    }, ct);

    /// <summary>Makes a planned network real; on failure nothing of it is left.</summary>
    private NetworkEntry Start(NetworkRecord record, INetworkDriver driver)
    {
        var entry = new NetworkEntry(record, driver);
        try
        {
            driver.Ensure(record);
            if (record.Config.EnableIPv6 && record.BridgeName.Length > 0 && _options.IpForward)
            {
                Forwarding.EnableIPv6();
            }

            _firewall?.Set(PartOf(record), Elements(record));
        }
        catch
        {
            driver.Remove(record);
            throw;
        }

        _networks = _networks.SetItem(record.Id, entry);
        return entry;
    }

    private PoolPlanner Planner(IEnumerable<NetworkRecord> others)
    {
        List<NetworkRecord> networks = [.. others];

        // A bridge that lives on from a former daemon is no reason to skip its own network's range.
        HashSet<int> own = [.. _host.ListLinks().Where(l => networks.Exists(n => n.BridgeName == l.Name) || l.Name == _options.Bridge).Select(l => l.Index)];
        return new PoolPlanner(_options.AddressPools,
            [.. networks.Where(n => !n.Config.ConfigOnly).SelectMany(n => n.Config.Pools).Select(p => p.Subnet)],
            [.. _host.ListRoutes().Where(r => r.PrefixLength > 0 && !own.Contains(r.Index)).Select(r => Subnet.Of(r.Destination, r.PrefixLength))]);
    }

    private static IEnumerable<Linux.NfTables.NfElement> Elements(NetworkRecord record) =>
        record.BridgeName.Length == 0 ? [] : FirewallElements.Of(BridgeSettings.Parse(record.Config).Facts(record));

    private static string PartOf(NetworkRecord network) => "network/" + network.Id;

    private static void CheckName(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw WharfException.Invalid("invalid name: name is empty");
        }

        if (Array.IndexOf(PredefinedNames, name) >= 0 || name.StartsWith("container:", StringComparison.Ordinal))
        {
            throw WharfException.Forbidden($"operation is not permitted on predefined {name} network");
        }

        if (name.Trim() != name || name.Contains('/') || name.Any(char.IsControl))
        {
            throw WharfException.Invalid($"invalid network name \"{string.Concat(name.Where(c => !char.IsControl(c)))}\": "
                + "control characters, slashes and white space at either end are not allowed");
        }
    }
}
