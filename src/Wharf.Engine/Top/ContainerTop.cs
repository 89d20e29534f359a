using Wharf.Api.Containers;
using Wharf.Engine.Containers;
using Wharf.Primitives;

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

        IReadOnlyList<ProcessColumn> columns = PsOptions.Parse(string.IsNullOrWhiteSpace(psArguments) ? "-ef" : psArguments, out IComparer<ProcessFacts> order);
        IReadOnlyList<int> pids = await shim.PidsAsync(ct);
        var processes = new List<ProcessFacts>();
        foreach (int pid in pids)
        {
            // A process that ended between the list and the look is left out.
            if (ProcessFacts.TryRead(pid, core.Now, out ProcessFacts facts))
            {
                processes.Add(facts);
            }
        }

        processes.Sort(order);
        List<List<string>> rows = processes.ConvertAll(facts => columns.Select(c => c.Value(facts)).ToList());

        core.Events.Raise(container.Current, "top");
        return new ContainerTopResponse { Titles = [.. columns.Select(c => c.Title)], Processes = rows };
    }
}
