namespace Wharf.Runtime.Shims;

/// <summary>The daemon's side of shims: hands out warm ones, finds those that outlived a daemon.</summary>
public interface IShimFactory : IAsyncDisposable
{
    /// <summary>
    /// Assigns a shim (warm if one is ready) to a container. No process runs yet: attach streams can be opened before
    /// <see cref="IShim.LaunchAsync"/>, so that no byte of output is missed.
    /// </summary>
    Task<IShim> AcquireAsync(string containerId, CancellationToken ct);

    /// <summary>Reconnects to the shim of a container after a daemon restart; null when it is gone.</summary>
    Task<IShim?> ReconnectAsync(string containerId, CancellationToken ct);

    /// <summary>The exit that a shim recorded on disk for the container's last run; null when it left none.</summary>
    ShimExit? ReadRecordedExit(string containerId);

    /// <summary>Ids of all containers for which the exec root holds a shim's state, running or not.</summary>
    IReadOnlyList<string> RecordedContainers();

    /// <summary>Forgets the recorded state of a container (after its exit was taken over into the engine's state).</summary>
    void Discard(string containerId);
}
