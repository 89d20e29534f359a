using Wharf.Images.Index;
using Wharf.Images.Layers;
using Wharf.Primitives;
using Wharf.State;

namespace Wharf.Images.Maintenance;

/// <summary>
/// When the machine has gone down since the last start, layers that the index does not call safe may be there in part only, and so may the writable
/// layers of new containers. They are looked at once, before anybody uses them; a killed daemon alone loses nothing that was written.
/// </summary>
internal sealed class PowerLoss(LocalIndex index, LayerStore layers, LayerRepair repair, StorageCheck check, Action<string> report)
{
    private const string BootId = "/proc/sys/kernel/random/boot_id";

    public async Task RecoverAsync(CancellationToken ct)
    {
        string boot = (await File.ReadAllTextAsync(BootId, ct).ConfigureAwait(false)).Trim();
        string? last = index.Database.Read(connection => Sql.Scalar<string>(connection, "SELECT boot FROM image_boot"));
        if (last == boot)
        {
            return;
        }

        if (last is not null)
        {
            await ExamineLayersAsync(ct).ConfigureAwait(false);
            MendContainers();
        }

        await index.Database.WriteAsync(connection =>
        {
            Sql.Execute(connection, "INSERT INTO image_boot (id, boot) VALUES (1, $boot) ON CONFLICT (id) DO UPDATE SET boot = excluded.boot", ("$boot", boot));
            return true;
        }).ConfigureAwait(false);
    }

    private async Task ExamineLayersAsync(CancellationToken ct)
    {
        List<Digest> uncertain = index.Database.Read(connection => Sql.Query(connection,
            "SELECT chain FROM image_layers WHERE ready = 2", row => Digest.Parse(row.GetString(0))));
        var broken = new HashSet<Digest>();
        foreach (LayerRecord layer in uncertain.Select(c => index.State.Layers.GetValueOrDefault(c)).OfType<LayerRecord>())
        {
            // Of a layer without a recipe nobody can tell: it is taken for lost.
            string? problem = layer.Source == TarSource.Blob ? "it cannot be verified" : await repair.ProblemAsync(layer, ct).ConfigureAwait(false);
            if (problem is not null)
            {
                broken.Add(layer.Chain);
                report($"layer {layer.Chain} was not on disk when the machine went down: {problem}");
            }
        }

        if (uncertain.Count == 0)
        {
            return;
        }

        var removed = new List<StorageFinding>();
        await check.RemoveImagesOnAsync(broken, removed, ct).ConfigureAwait(false);
        removed.ForEach(f => report($"image {f.Subject}: {f.Problem}; {f.Repair}"));
        await Task.Run(layers.Driver.Sync, ct).ConfigureAwait(false);
        await index.ChangeAsync(state => new IndexChange(state, connection =>
        {
            foreach (Digest chain in uncertain.Where(c => !broken.Contains(c)))
            {
                IndexWrites.MarkLayerSafe(connection, chain);
            }
        }), ct).ConfigureAwait(false);
    }

    private void MendContainers()
    {
        IndexState state = index.State;
        foreach (ContainerRecord container in state.Containers.Values.Where(c => c.Chain.IsEmpty || state.Layers.ContainsKey(c.Chain)))
        {
            try
            {
                if (check.Mend(state, container))
                {
                    report($"container {container.Container}: its writable layer was not on disk when the machine went down; what was missing is made again");
                }
            }
            catch (WharfException e)
            {
                report($"container {container.Container}: {e.Message}");
            }
        }
    }
}
