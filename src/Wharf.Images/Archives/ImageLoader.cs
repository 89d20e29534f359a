using Wharf.Archive.Compression;
using Wharf.Images.Catalog;
using Wharf.Images.Content;
using Wharf.Images.Index;
using Wharf.Images.Layers;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Archives;

/// <summary>Takes in archives: docker save's of every age, and OCI layouts.</summary>
internal sealed class ImageLoader(LocalIndex index, BlobStore blobs, BlobCollector collector, LayerStore layers, LayerTars tars, ImageFactory factory,
    ImageSurroundings surroundings, TimeProvider clock)
{
    private const int ParallelLayers = 2;
    private readonly LayerStager? _stager = layers.Driver.IndependentLayers ? new LayerStager(layers, blobs) : null;

    public async Task<IReadOnlyList<Digest>> LoadAsync(Stream archive, IReadOnlyList<Platform> platforms, bool quiet, IProgress<TransferEvent> progress, CancellationToken ct)
    {
        var report = new TransferProgress(progress, clock);
        var loaded = new List<Digest>();
        try
        {
            await using ArchiveSpool spool = await ArchiveSpool.ReadAsync(archive, blobs, _stager, ct).ConfigureAwait(false);
            foreach (ArchivedImage image in WithTrueParents(ImagesOf(spool, platforms)))
            {
                loaded.Add(await LoadOneAsync(spool, image, quiet, report, ct).ConfigureAwait(false));
            }
        }
        finally
        {
            await collector.CollectAsync().ConfigureAwait(false);
        }

        return loaded;
    }

    private static IReadOnlyList<ArchivedImage> ImagesOf(ArchiveSpool spool, IReadOnlyList<Platform> platforms)
    {
        if (spool.Contains(DockerArchiveEntry.FileName))
        {
            return DockerArchive.Read(spool, platforms);
        }

        if (spool.Contains(ImageLayout.IndexFileName))
        {
            return LayoutArchive.Read(spool, platforms);
        }

        return spool.Contains(LegacyArchive.FileName)
            ? LegacyArchive.Read(spool)
            : throw WharfException.Invalid("invalid archive: it has neither a manifest.json, nor an index.json, nor a repositories file");
    }

    /// <summary>
    /// An archive's word about parents counts as far as it can be true: the parent is in the archive as well and its layers are the lower ones of the
    /// child's (Docker does not ask for the latter; without it, an archive could hide an image behind a child).
    /// </summary>
    private static List<ArchivedImage> WithTrueParents(IReadOnlyList<ArchivedImage> images)
    {
        Dictionary<Digest, ArchivedImage> byId = [];
        foreach (ArchivedImage image in images)
        {
            byId[Digest.Sha256(image.RawConfig.Span)] = image;
        }

        return [.. images.Select(i => i with { Parent = byId.TryGetValue(i.Parent, out ArchivedImage? parent) && IsBelow(parent, i) ? i.Parent : default })];
    }

    // Of two with the same layers, the one with the longer history is the child: nothing is its own ancestor.
    private static bool IsBelow(ArchivedImage parent, ArchivedImage child)
    {
        IReadOnlyList<Digest> lower = parent.Config.RootFs?.DiffIds ?? [], upper = child.Config.RootFs?.DiffIds ?? [];
        return lower.Count <= upper.Count && lower.SequenceEqual(upper.Take(lower.Count)) && (parent.Config.History?.Count ?? 0) < (child.Config.History?.Count ?? 0);
    }

    private async Task<Digest> LoadOneAsync(ArchiveSpool spool, ArchivedImage image, bool quiet, TransferProgress report, CancellationToken ct)
    {
        Digest id = Digest.Sha256(image.RawConfig.Span);
        IReadOnlyList<Digest> diffs = image.Config.RootFs?.DiffIds ?? [];
        var incoming = new List<IncomingLayer>();
        for (int i = 0; i < diffs.Count; i++)
        {
            Digest diff = diffs[i];
            string member = image.Layers[i];
            incoming.Add(new IncomingLayer(diff, token => OpenLayerAsync(spool, member, diff, quiet ? null : report, token)) { Staged = spool.Staged(member) });
            if (!spool.IsPlainArchive(member))
            {
                await spool.KeepAsync(member, ct).ConfigureAwait(false);
            }
        }

        // A layer that is there twice is unpacked once, and the second made of the first.
        bool together = layers.Driver.IndependentLayers && diffs.Distinct().Count() == diffs.Count;
        IReadOnlyList<LayerLease> leases = await LayerStack.UnpackAsync(layers, incoming, together ? ParallelLayers : 1, ct).ConfigureAwait(false);
        try
        {
            for (int i = 0; i < leases.Count; i++)
            {
                if (index.State.Layers[leases[i].Chain].Source == TarSource.Blob)
                {
                    await spool.KeepAsync(image.Layers[i], ct).ConfigureAwait(false);
                }
            }

            ReportRenames(id, image, report);
            await factory.RegisterAsync(new NewImage
            {
                Id = id,
                RawConfig = image.RawConfig,
                Config = image.Config,
                Manifest = image.Manifest,
                Target = image.Target,
                Documents = image.Documents,
                LayerBlobs = image.LayerBlobs,
                Names = [.. image.Tags.Select(NameKey.Of)],
                Parent = image.Parent,
            }, ct).ConfigureAwait(false);
        }
        finally
        {
            foreach (LayerLease lease in leases)
            {
                lease.Dispose();
            }
        }

        await surroundings.LastUses.NoteAsync(id).ConfigureAwait(false);
        foreach (ImageReference tag in image.Tags)
        {
            report.Stream($"Loaded image: {tag.Familiar}\n");
        }

        if (image.Tags.Count == 0)
        {
            report.Stream($"Loaded image ID: {id}\n");
        }

        surroundings.Raise("load", id.ToString(), image.Tags.Count > 0 ? image.Tags[0].Familiar : id.ToString(), image.Config.Config?.Labels);
        return id;
    }

    private async Task<Stream> OpenLayerAsync(ArchiveSpool spool, string member, Digest diff, TransferProgress? report, CancellationToken ct)
    {
        if (spool.Staged(member) is not null)
        {
            return await tars.OpenAsync(tars.Find(diff), ct).ConfigureAwait(false);
        }

        Stream packed = spool.Open(member) ?? throw WharfException.Invalid($"invalid archive: the layer {member} is not in it");
        long size = spool.Describe(member)!.Value.Size;
        Stream counted = report is null ? packed : new CountingStream(packed, done => report.Bar(diff.Short, "Loading layer", done, size));
        return (await Decompression.OpenAsync(counted, leaveOpen: false, ct).ConfigureAwait(false)).Content;
    }

    private void ReportRenames(Digest id, ArchivedImage image, TransferProgress report)
    {
        IndexState state = index.State;
        foreach (ImageReference tag in image.Tags)
        {
            if (state.Names.TryGetValue(NameKey.Of(tag), out Digest old) && old != id)
            {
                report.Stream($"The image {tag.Familiar} already exists, renaming the old one with ID {old} to empty string\n");
            }
        }
    }
}
