using Wharf.Runtime.Shims;

namespace Wharf.Engine.Containers.Lifecycle;

/// <summary>One life of a container's process, from its start (or its finding after a daemon's restart) to its end.</summary>
internal sealed class Run(IShim shim, DateTimeOffset startedAt) : IDisposable
{
    public IShim Shim { get; } = shim;

    public DateTimeOffset StartedAt { get; } = startedAt;

    /// <summary>Kept when the end has been taken over into the container's record, and everything of the run is released.</summary>
    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends what belongs to this life: health probes, statistics.</summary>
    public CancellationTokenSource Life { get; } = new();

    public void Dispose() => Life.Dispose();
}
