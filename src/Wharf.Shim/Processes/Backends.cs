using Wharf.Runtime.Shims;
using Wharf.Shim.Loop;
using Wharf.Shim.OtherRuntimes;

namespace Wharf.Shim.Processes;

/// <summary>Chooses what makes a container's processes.</summary>
internal sealed class Backends(EventLoop loop, ChildReaper reaper)
{
    public IContainerBackend For(ShimTask task, RunningContainer container) =>
        task.RuntimePath is null ? new OwnBackend(container) : new OtherRuntime(task, container, loop, reaper);
}
