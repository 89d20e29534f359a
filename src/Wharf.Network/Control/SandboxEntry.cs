using Wharf.Network.Announcements;
using Wharf.Network.Ports;
using Wharf.Network.Sandboxes;

namespace Wharf.Network.Control;

/// <summary>A container's sandbox with what we hold for it. Changed under its own lock, read as the immutable <see cref="Snapshot"/>.</summary>
internal sealed class SandboxEntry(Sandbox snapshot, SandboxNamespace? ns)
{
    private volatile Sandbox _snapshot = snapshot;

    public Lock Gate { get; } = new();

    public Sandbox Snapshot
    {
        get => _snapshot;
        set => _snapshot = value;
    }

    /// <summary>Null in host mode.</summary>
    public SandboxNamespace? Namespace { get; } = ns;

    public List<PortReservation> Reservations { get; set; } = [];

    /// <summary>What new interfaces tell their neighbours, by the endpoint's id.</summary>
    public Dictionary<string, Announcement> Announcements { get; } = [];

    /// <summary>The resolver inside the namespace; null while the container is on no network with names.</summary>
    public IDisposable? Resolver { get; set; }
}
