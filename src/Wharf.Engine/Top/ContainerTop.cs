using Wharf.Api.Containers;
using Wharf.Engine.Containers;
using Wharf.Primitives;
using Wharf.Runtime.Processes;

namespace Wharf.Engine.Top;

/// <summary>Lists a container's processes from /proc, in the columns that ps(1) would show for the options given; ps itself is not needed.</summary>
internal sealed class ContainerTop(EngineCore core) : IContainerTop
{
    public async Task<ContainerTopResponse> TopAsync(string containerNameOrId, string? psArguments, CancellationToken ct)
    {
        Container container = core.Containers.Get(containerNameOrId);
        if (container.Shim is not { } shim)
        {
            throw ContainerErrors.NotRunning(container.Id);
        }

        if (container.Current.State.Status == RunStatus.Restarting)
        {
            throw ContainerErrors.Restarting(container.Id);
        }

        IReadOnlyList<int> pids = await shim.PidsAsync(ct);
        var table = ProcessTable.Read(psArguments, pids, core.Now);
        core.Events.Raise(container.Current, "top");
        return new ContainerTopResponse { Titles = [.. table.Titles], Processes = [.. table.Rows.Select(row => row.ToList())] };
    }
}
