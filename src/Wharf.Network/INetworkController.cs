using Microsoft.Win32.SafeHandles;
using Wharf.Network.Networks;
using Wharf.Network.Sandboxes;

namespace Wharf.Network;

/// <summary>
/// The network of the engine: networks, and the sandboxes (network namespaces with their interfaces, addresses, names and published
/// ports) of its containers. Life of a sandbox: <see cref="AllocateAsync"/> before the container's process exists, any number of
/// <see cref="ConnectAsync"/> and <see cref="DisconnectAsync"/>, <see cref="ReleaseAsync"/> after the process is gone. Calls for one
/// container come one after another; calls for different containers may run at once. Nothing is stored here: what must survive the daemon is in
/// the records that the calls return, and comes back by <see cref="RestoreAsync"/>. Every text that an error carries is what Docker's users know.
/// </summary>
public interface INetworkController : IAsyncDisposable
{
    /// <summary>
    /// The first call of a daemon's life. Takes over what lives, creates what the predefined networks need, and removes what nobody owns:
    /// interfaces, namespaces, bridges and rules of containers and networks that are not given.
    /// </summary>
    /// <param name="networks">All stored networks; the predefined ones keep their ids when they are among them.</param>
    /// <param name="sandboxes">The newest snapshot of every container whose process still runs.</param>
    /// <param name="ct">Ends the wait; what is done stays done.</param>
    /// <returns>Snapshots of the sandboxes as they are after it, and all networks (to be stored).</returns>
    Task<RestoreResult> RestoreAsync(IReadOnlyList<NetworkRecord> networks, IReadOnlyList<Sandbox> sandboxes, CancellationToken ct);

    /// <summary>All networks, an immutable snapshot; never waits.</summary>
    IReadOnlyList<NetworkRecord> Networks { get; }

    /// <summary>A network by full name, full id, or unambiguous prefix of its id (at that order).</summary>
    /// <exception cref="Primitives.WharfException">NotFound "network X not found"; InvalidArgument when several match.</exception>
    NetworkRecord GetNetwork(string nameOrId);

    /// <summary>Like <see cref="GetNetwork"/>; null when there is none.</summary>
    NetworkRecord? FindNetwork(string nameOrId);

    /// <summary>The running containers on a network; never waits.</summary>
    IReadOnlyList<NetworkMember> GetMembers(string networkId);

    /// <exception cref="Primitives.WharfException">Conflict "network with name X already exists"; InvalidArgument; Forbidden for predefined names and overlapping pools.</exception>
    /// <summary>
    /// Settles which address families a new network has: its creator's word, else the network's own options, else the daemon's default options, else
    /// IPv4 alone.
    /// </summary>
    /// <exception cref="WharfException">InvalidArgument for an option that is no boolean.</exception>
    NetworkConfig WithFamilies(NetworkConfig config, bool? ipv4, bool? ipv6);

    Task<NetworkRecord> CreateNetworkAsync(NetworkConfig config, CancellationToken ct);

    /// <exception cref="Primitives.WharfException">NotFound; Forbidden for predefined networks and those with active endpoints.</exception>
    Task<NetworkRecord> RemoveNetworkAsync(string nameOrId, CancellationToken ct);

    /// <summary>
    /// Gives a container its namespace, interfaces, addresses, names and ports. On failure nothing is left behind.
    /// </summary>
    /// <exception cref="Primitives.WharfException">NotFound (network), InvalidArgument (address), Forbidden or Internal with Docker's texts (address or port in use).</exception>
    Task<Sandbox> AllocateAsync(SandboxRequest request, CancellationToken ct);

    /// <summary>The newest snapshot of a container's sandbox; null when it has none. Never waits.</summary>
    Sandbox? FindSandbox(string containerId);

    /// <summary>A descriptor of the container's network namespace, owned by the caller.</summary>
    /// <exception cref="Primitives.WharfException">NotFound when the container has no sandbox.</exception>
    SafeFileHandle OpenNamespace(string containerId);

    /// <summary>
    /// Frees addresses, names and ports at once, before it returns; interfaces and the namespace go in the background. Unknown containers are no error.
    /// </summary>
    Task ReleaseAsync(string containerId, CancellationToken ct);

    /// <summary>Adds an interface to a running container.</summary>
    /// <exception cref="Primitives.WharfException">NotFound; Forbidden "endpoint with name X already exists in network Y"; Forbidden for host mode.</exception>
    Task<Sandbox> ConnectAsync(string containerId, EndpointRequest endpoint, CancellationToken ct);

    /// <exception cref="Primitives.WharfException">NotFound "container X is not connected to network Y".</exception>
    Task<Sandbox> DisconnectAsync(string containerId, string network, CancellationToken ct);

    /// <summary>Takes a link away from a running container: its name, and what it opened where icc=false. Null when the container has no sandbox.</summary>
    Task<Sandbox?> UnlinkAsync(string containerId, string alias, CancellationToken ct);

    /// <summary>The container's new name resolves from now on, the old one no more.</summary>
    Task<Sandbox?> RenameAsync(string containerId, string name, CancellationToken ct);

    /// <summary>Counters of the interfaces of a container's namespace, without loopback; empty when it has none.</summary>
    Task<IReadOnlyList<InterfaceStatistics>> GetStatisticsAsync(string containerId, CancellationToken ct);
}

/// <summary>The answer of <see cref="INetworkController.RestoreAsync"/>.</summary>
public sealed record RestoreResult(IReadOnlyList<NetworkRecord> Networks, IReadOnlyList<Sandbox> Sandboxes);
