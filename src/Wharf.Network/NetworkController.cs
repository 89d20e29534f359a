using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Linux.Netlink;
using Wharf.Network.Control;
using Wharf.Network.Drivers;
using Wharf.Network.Firewalls;
using Wharf.Network.Networks;
using Wharf.Network.Ports;
using Wharf.Network.Sandboxes;
using Wharf.Primitives;

namespace Wharf.Network;

/// <summary>The network of one daemon, in the network namespace that the daemon runs in.</summary>
public sealed partial class NetworkController : INetworkController
{
    private readonly NetworkOptions _options;
    private readonly INetworkLog _log;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly RouteConnection _host = RouteConnection.Open();
    private readonly NamespaceThread _thread = new("network namespaces");
    private readonly NamespacePool _pool;
    private readonly BackgroundWork _background;
    private readonly BackgroundWork _announcing;
    private readonly Flows _flows;
    private readonly PortRegistry _ports = new(EphemeralPorts.Read);
    private readonly PortPublisher _publisher;
    private readonly FrozenDictionary<string, INetworkDriver> _drivers;
    private readonly ConcurrentDictionary<string, SandboxEntry> _sandboxes = new(StringComparer.Ordinal);
    private volatile ImmutableDictionary<string, NetworkEntry> _networks = ImmutableDictionary<string, NetworkEntry>.Empty;
    private Firewall? _firewall;

    /// <param name="options">The daemon's settings.</param>
    /// <param name="log">Told what the network does on its own account.</param>
    /// <param name="clock">Dates networks.</param>
    public NetworkController(NetworkOptions options, INetworkLog log, TimeProvider clock)
    {
        _options = options;
        _log = log;
        _clock = clock;
        _pool = new NamespacePool(_thread, Path.Combine(options.ExecRoot, "netns"), options.ReadyNamespaces, log);
        _background = new BackgroundWork(log, "clean-up of a network resource");
        _announcing = new BackgroundWork(log, "the announcement of an address");
        _flows = new Flows(_background, log);
        _publisher = new PortPublisher(_ports, options.DefaultBinding);
        _drivers = new INetworkDriver[] { new BridgeDriver(_host), new MacvlanDriver(_host), new IpvlanDriver(_host), new PlainDriver("host"), new PlainDriver("null") }
            .ToFrozenDictionary(d => d.Name, StringComparer.Ordinal);
    }

    /// <summary>Makes ready, in the background, what the first containers will need; for when the daemon has nothing more urgent to do.</summary>
    public void Prepare() => _pool.Refill();

    public IReadOnlyList<NetworkRecord> Networks => [.. _networks.Values.Select(n => n.Record).OrderBy(n => n.Name, StringComparer.Ordinal)];

    public NetworkRecord GetNetwork(string nameOrId) => GetEntry(nameOrId).Record;

    public NetworkRecord? FindNetwork(string nameOrId) => FindEntry(nameOrId)?.Record;

    public IReadOnlyList<NetworkMember> GetMembers(string networkId) =>
    [
        .. _sandboxes.Values.Select(s => s.Snapshot)
            .SelectMany(s => s.Endpoints.Where(e => e.NetworkId == networkId).Select(e => new NetworkMember(s.ContainerId, s.Request.ContainerName, e))),
    ];

    public Sandbox? FindSandbox(string containerId) => _sandboxes.TryGetValue(containerId, out SandboxEntry? entry) ? entry.Snapshot : null;

    public SafeFileHandle OpenNamespace(string containerId)
    {
        SandboxEntry entry = GetSandbox(containerId);
        NetworkNamespace.Open(entry.Snapshot.Key, out SafeFileHandle handle).ThrowIfError("open network namespace", entry.Snapshot.Key);
        return handle;
    }

    public Task<IReadOnlyList<InterfaceStatistics>> GetStatisticsAsync(string containerId, CancellationToken ct) => Run<IReadOnlyList<InterfaceStatistics>>(() =>
    {
        if (!_sandboxes.TryGetValue(containerId, out SandboxEntry? entry) || entry.Namespace is null)
        {
            return [];
        }

        try
        {
            return
            [
                .. entry.Namespace.Route.ListLinks().Where(l => l.Name != "lo").Select(l => new InterfaceStatistics
                {
                    Interface = l.Name,
                    RxBytes = l.Counters.RxBytes,
                    RxPackets = l.Counters.RxPackets,
                    RxErrors = l.Counters.RxErrors,
                    RxDropped = l.Counters.RxDropped,
                    TxBytes = l.Counters.TxBytes,
                    TxPackets = l.Counters.TxPackets,
                    TxErrors = l.Counters.TxErrors,
                    TxDropped = l.Counters.TxDropped,
                }),
            ];
        }
        catch (ObjectDisposedException)
        {
            // Released a moment ago.
            return [];
        }
    }, ct);

    public async ValueTask DisposeAsync()
    {
        // what is queued may take the kernel a while
        await Task.Run(_announcing.Dispose);
        await Task.Run(_background.Dispose);
        _firewall?.Dispose();
        _flows.Dispose();
        foreach (SandboxEntry entry in _sandboxes.Values)
        {
            entry.Resolver?.Dispose();
            _ports.Release(entry.Reservations);
            entry.Namespace?.Dispose();
        }

        _pool.Dispose();
        if (File.Exists(HostNamespacePath))
        {
            NetworkNamespace.Unbind(HostNamespacePath);
        }

        _thread.Dispose();
        _host.Dispose();
    }

    private NetworkEntry GetEntry(string nameOrId) => FindEntry(nameOrId) ?? throw WharfException.NotFound($"network {nameOrId} not found");

    private NetworkEntry? FindEntry(string nameOrId)
    {
        ImmutableDictionary<string, NetworkEntry> networks = _networks;
        if (networks.TryGetValue(nameOrId, out NetworkEntry? exact))
        {
            return exact;
        }

        if (networks.Values.FirstOrDefault(n => n.Record.Name == nameOrId) is { } named)
        {
            return named;
        }

        NetworkEntry[] matches = nameOrId.Length == 0 ? [] : [.. networks.Values.Where(n => n.Record.Id.StartsWith(nameOrId, StringComparison.Ordinal))];
        return matches.Length switch
        {
            1 => matches[0],
            0 => null,
            _ => throw WharfException.Invalid($"network {nameOrId} is ambiguous ({matches.Length} matches found on ID prefix)"),
        };
    }

    private SandboxEntry GetSandbox(string containerId) =>
        _sandboxes.TryGetValue(containerId, out SandboxEntry? entry) ? entry : throw WharfException.NotFound($"container {containerId} has no network sandbox");

    // The kernel answers netlink at once: the work is done on the caller's thread, and failures belong into the task all the same.
    private static Task<T> Run<T>(Func<T> work, CancellationToken ct)
    {
        if (ct.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(ct);
        }

        try
        {
            return Task.FromResult(work());
        }
        catch (Exception e)
        {
            return Task.FromException<T>(e);
        }
    }
}
