using Wharf.Primitives;
using Wharf.Runtime.Shims;

namespace Wharf.Shim.Processes;

/// <summary>Chooses what makes a container's processes.</summary>
internal static class Backends
{
    public static IContainerBackend For(ShimTask task, RunningContainer container) =>
        task.RuntimePath is null ? new OwnBackend(container) : throw WharfException.Unsupported("other runtimes are not supported yet");
}
