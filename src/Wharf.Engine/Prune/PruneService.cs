using Wharf.Engine.Containers;
using Wharf.Engine.Containers.Lifecycle;
using Wharf.Engine.Networks;
using Wharf.Engine.Volumes;
using Wharf.Primitives;

namespace Wharf.Engine.Prune;

/// <summary>Removes stopped containers, unused volumes and unused networks.</summary>
internal sealed class PruneService(EngineCore core, ContainerRemover remover, VolumeStore store, VolumeService volumes, INetworkService networks) : IPruneService
{
    public async Task<PruneResult> ContainersAsync(FilterSet filters, CancellationToken ct)
    {
        filters.Validate("until", "label", "label!");
        DateTimeOffset? until = PruneUntil.Parse(filters, core.Now);
        var deleted = new List<string>();
        long freed = 0;
        foreach (Container container in core.Containers.All)
        {
            ct.ThrowIfCancellationRequested();
            ContainerRecord record = container.Current;
            if (container.Run is not null || record.State.Status is RunStatus.Running or RunStatus.Paused or RunStatus.Restarting
                || record.Definition.Created > until || !Labels(filters, record.Config.Labels))
            {
                continue;
            }

            try
            {
                long size = (await core.Images.ContainerSizeAsync(container.Id, ct)).Writable;
                await remover.RemoveAsync(container, new ContainerRemoveOptions(), ct);
                deleted.Add(container.Id);
                freed += size;
            }
            catch (WharfException e) when (e.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
            {
                core.Log.Warning($"container {container.Id} was not pruned: {e.Message}"); // started or removed by somebody else meanwhile
            }
        }

        Announce("container", freed);
        return new PruneResult(deleted, freed);
    }

    public async Task<PruneResult> VolumesAsync(FilterSet filters, CancellationToken ct)
    {
        filters.Validate("all", "label", "label!");
        bool all = filters.Flag("all", absent: false);
        var deleted = new List<string>();
        long freed = 0;
        foreach (VolumeRecord volume in store.All)
        {
            ct.ThrowIfCancellationRequested();
            if ((!all && !volume.IsAnonymous) || !Labels(filters, volume.Labels) || volumes.UsersOf(volume.Name).Count > 0)
            {
                continue;
            }

            try
            {
                long size = Math.Max(0, volumes.Measure(volume));
                await volumes.RemoveAsync(volume.Name, force: false, ct);
                deleted.Add(volume.Name);
                freed += size;
            }
            catch (WharfException e) when (e.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
            {
                core.Log.Warning($"volume {volume.Name} was not pruned: {e.Message}");
            }
        }

        Announce("volume", freed);
        return new PruneResult(deleted, freed);
    }

    public async Task<PruneResult> NetworksAsync(FilterSet filters, CancellationToken ct)
    {
        filters.Validate("until", "label", "label!");
        DateTimeOffset? until = PruneUntil.Parse(filters, core.Now);
        var deleted = new List<string>();
        foreach (var network in core.Networks.Networks.Where(n => n is { Predefined: false, Config.ConfigOnly: false }))
        {
            ct.ThrowIfCancellationRequested();
            bool used = core.Networks.GetMembers(network.Id).Count > 0 || core.Containers.All.Any(c => c.Current.Definition.Networks.ContainsKey(network.Name));
            if (used || network.Created > until || !Labels(filters, network.Config.Labels))
            {
                continue;
            }

            try
            {
                await networks.RemoveAsync(network.Id, ct);
                deleted.Add(network.Name);
            }
            catch (WharfException e) when (e.Kind is ErrorKind.Conflict or ErrorKind.NotFound or ErrorKind.Forbidden)
            {
                core.Log.Warning($"network {network.Name} was not pruned: {e.Message}");
            }
        }

        Announce("network", 0);
        return new PruneResult(deleted, 0);
    }

    private static bool Labels(FilterSet filters, IReadOnlyDictionary<string, string>? labels) =>
        filters.AllPairs("label", labels) && filters.Get("label!").All(unwanted => !FilterSet.Of(("label", unwanted)).AllPairs("label", labels));

    private void Announce(string type, long freed) =>
        core.Events.Publish(type, "prune", "", new Dictionary<string, string> { ["reclaimed"] = freed.ToString() });
}
