using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Layers;
using Wharf.Images.Catalog;
using Wharf.Images.Index;
using Wharf.Images.Layers;
using Wharf.Images.Snapshots;
using Wharf.Primitives;

namespace Wharf.Images.Containers;

/// <summary>Writable layers of containers on the snapshot driver: see <see cref="IContainerFilesystems"/>.</summary>
internal sealed class ContainerFilesystems(LocalIndex index, LayerStore layers, ImageSurroundings surroundings) : IContainerFilesystems
{
    private readonly ISnapshotDriver _driver = layers.Driver;

    private static readonly Dictionary<string, string> NoOptions = [];

    public Task<ContainerRootfs> PrepareContainerAsync(string containerId, Digest imageId, IReadOnlyDictionary<string, string> storageOptions, CancellationToken ct) =>
        PrepareAsync(containerId, imageId, new ContainerLayerOptions { StorageOptions = storageOptions }, ct);

    public Task PrepareWorkspaceAsync(string workspaceId, Digest imageId, CancellationToken ct) =>
        PrepareAsync(workspaceId, imageId, new ContainerLayerOptions { StorageOptions = NoOptions, InitLayer = imageId.IsEmpty }, ct);

    private async Task<ContainerRootfs> PrepareAsync(string containerId, Digest imageId, ContainerLayerOptions options, CancellationToken ct)
    {
        Digest chain = imageId.IsEmpty ? default
            : index.State.Images.TryGetValue(imageId, out ImageRecord? image) ? image.Chain : throw ImageErrors.NoSuchImage(imageId.ToString());
        using LayerLease lease = await index.TryLeaseAsync(chain, ct).ConfigureAwait(false) ?? throw ImageErrors.NoSuchImage(imageId.ToString());
        string? top = chain.IsEmpty ? null : index.State.Layers[chain].Snapshot;
        long bound = _driver.BoundOf(options);

        // The row is on its way while the directory is made; a crash before it is on disk leaves a directory that the start sweeps.
        Task recorded = index.AddContainerAsync(new ContainerRecord(containerId, imageId, chain, bound));
        try
        {
            _driver.CreateContainer(containerId, top, options);
            await recorded.ConfigureAwait(false);
            await surroundings.LastUses.NoteAsync(imageId).ConfigureAwait(false);
            return Describe(containerId);
        }
        catch
        {
            await recorded.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (recorded.IsCompletedSuccessfully)
            {
                _driver.Remove(containerId);
                await index.RemoveContainerAsync(containerId).ConfigureAwait(false);
            }

            throw;
        }
    }

    public ContainerRootfs ContainerRootfs(string containerId)
    {
        Known(containerId);
        return Describe(containerId);
    }

    public SafeFileHandle OpenContainerRootfs(string containerId, bool readOnly)
    {
        Known(containerId);
        return _driver.Open(containerId, writable: !readOnly).Directory;
    }

    public Task<IReadOnlyList<ContainerChange>> DiffContainerAsync(string containerId, CancellationToken ct)
    {
        Known(containerId);
        return Task.Run<IReadOnlyList<ContainerChange>>(
            () => [.. _driver.Changes(containerId).Select(c => new ContainerChange(c.Path, (ContainerChangeKind)c.Kind))], ct);
    }

    public Task<ContainerSize> ContainerSizeAsync(string containerId, CancellationToken ct)
    {
        ContainerRecord container = Known(containerId);
        return Task.Run(() =>
        {
            long writable = _driver.Measure(containerId);
            return new ContainerSize(writable, writable + index.State.SizeOf(container.Chain));
        }, ct);
    }

    public Task ExportContainerAsync(SafeFileHandle root, Stream output, CancellationToken ct) =>
        TreeArchive.WriteAsync(root, output, IdentityMap.None, ct);

    public async Task RemoveContainerAsync(string containerId, CancellationToken ct)
    {
        try
        {
            if (index.State.Containers.ContainsKey(containerId))
            {
                // The row goes first: a directory without a row is swept at the next start, a row without a directory would be a broken container.
                await index.RemoveContainerAsync(containerId).ConfigureAwait(false);
            }
        }
        finally
        {
            // Even without the row: on a disk that is full these files are the room that the next attempt needs.
            _driver.Remove(containerId);
        }
    }

    public async Task<int> SweepContainersAsync(Func<string, bool> isOwned, CancellationToken ct)
    {
        List<string> strangers = [.. index.State.Containers.Keys.Where(id => !isOwned(id))];
        foreach (string id in strangers)
        {
            await RemoveContainerAsync(id, ct).ConfigureAwait(false);
        }

        return strangers.Count;
    }

    private ContainerRecord Known(string containerId) =>
        index.State.Containers.GetValueOrDefault(containerId) ?? throw ImageErrors.NoSuchContainer(containerId);

    private ContainerRootfs Describe(string containerId)
    {
        SnapshotMount mount = _driver.GetMount(containerId);
        return new ContainerRootfs
        {
            Type = mount.Type,
            Lower = mount.Lower,
            Upper = mount.Upper,
            Work = mount.Work,
            DriverName = _driver.Name,
            DriverData = DriverData.Of(mount),
        };
    }
}
