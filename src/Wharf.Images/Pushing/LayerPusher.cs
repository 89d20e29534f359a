using Wharf.Archive.Compression;
using Wharf.Images.Content;
using Wharf.Images.Index;
using Wharf.Images.Layers;
using Wharf.Images.Pulling;
using Wharf.Images.Registries;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Pushing;

/// <summary>Brings the layers of an image to a registry, several at once, each in the cheapest way there is.</summary>
internal sealed class LayerPusher(LocalIndex index, DocumentStore documents, BlobStore blobs, LayerTars tars, LayerFetcher fetcher,
    SemaphoreSlim slots, ImageServiceOptions options)
{
    private const int Attempts = 5;

    private const int BufferSize = 256 * 1024;

    // Less than half the processor time of the usual 6 for some per cent more bytes: a push waits for the compressor, not for the network.
    public const int GzipLevel = 2;

    // For a registry that had the layer once to begin sending it; then it is compressed again.
    private static readonly TimeSpan SourcePatience = TimeSpan.FromSeconds(3);
    private readonly KeyedLocks<Digest> _fetches = new();

    /// <param name="uploads">The repository to write to.</param>
    /// <param name="repository">Its name.</param>
    /// <param name="stack">Bottom first.</param>
    /// <param name="manifest">The manifest the image came by, whose layer forms are preferred.</param>
    /// <param name="packing">The form they are to have.</param>
    /// <param name="report">Told of each layer by its diff id.</param>
    /// <param name="ct">Stops all.</param>
    /// <returns>What the manifest must list, bottom first.</returns>
    public async Task<IReadOnlyList<Descriptor>> PushAsync(RepositoryUploads uploads, ImageReference repository, IReadOnlyList<LayerRecord> stack,
        ImageManifest? manifest, LayerPacking packing, TransferProgress report, CancellationToken ct)
    {
        for (int i = stack.Count - 1; i >= 0; i--)
        {
            report.Status(stack[i].Diff.Short, "Preparing");
        }

        for (int i = stack.Count - 1 - options.MaxConcurrentUploads; i >= 0; i--)
        {
            report.Status(stack[i].Diff.Short, "Waiting");
        }

        var pushed = new Descriptor[stack.Count];
        var limits = new ParallelOptions { MaxDegreeOfParallelism = options.MaxConcurrentUploads, CancellationToken = ct };
        try
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, stack.Count).Reverse(), limits, async (i, token) =>
            {
                Descriptor? preferred = manifest is not null && manifest.Layers.Count == stack.Count ? manifest.Layers[i] : null;
                pushed[i] = await PushOneAsync(uploads, repository, stack[i], preferred, packing, report, token).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
        catch (AggregateException e) when (e.InnerException is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerException);
        }

        return pushed;
    }

    private async Task<Descriptor> PushOneAsync(RepositoryUploads uploads, ImageReference repository, LayerRecord layer, Descriptor? preferred, LayerPacking packing,
        TransferProgress report, CancellationToken ct)
    {
        string id = layer.Diff.Short;
        if (preferred is not null && MediaTypes.IsForeignLayer(preferred.MediaType))
        {
            report.Status(id, "Skipped foreign layer");
            return preferred;
        }

        List<LayerBlob> forms = [.. documents.LayerBlobs(layer.Diff).Where(f => !MediaTypes.IsForeignLayer(f.MediaType) && packing.Accepts(f.MediaType)).OrderByDescending(f => f.Digest == preferred?.Digest)];
        foreach (LayerBlob form in forms)
        {
            if (await uploads.BlobExistsAsync(form.Digest, ct).ConfigureAwait(false))
            {
                report.Status(id, "Layer already exists");
                await RememberAsync(form, repository).ConfigureAwait(false);
                return Describe(form, preferred);
            }
        }

        foreach (LayerBlob form in forms)
        {
            foreach (string source in documents.SourcesOf(form.Digest).Where(s => s.StartsWith(repository.Domain + "/", StringComparison.Ordinal) && s != repository.Name))
            {
                string path = source[(repository.Domain.Length + 1)..];
                if (await uploads.MountAsync(form.Digest, path, ct).ConfigureAwait(false) is null)
                {
                    report.Status(id, $"Mounted from {path}");
                    await RememberAsync(form, repository).ConfigureAwait(false);
                    return Describe(form, preferred);
                }
            }
        }

        LayerBlob sent = await FindAsync(layer, forms, ct).ConfigureAwait(false) is { } present
            ? await SendAsync(uploads, present, id, report, ct).ConfigureAwait(false)
            : await PackAsync(uploads, layer, packing, report, ct).ConfigureAwait(false);
        report.Status(id, "Pushed");
        await RememberAsync(sent, repository).ConfigureAwait(false);
        return Describe(sent, preferred);
    }

    /// <summary>A blob that is here, or can be fetched again; null when the layer has to be compressed.</summary>
    private async Task<LayerBlob?> FindAsync(LayerRecord layer, List<LayerBlob> forms, CancellationToken ct)
    {
        // One at a time: pushes to two registries want the same blob fetched once.
        using IDisposable only = await _fetches.AcquireAsync(layer.Diff, ct).ConfigureAwait(false);
        if (forms.Find(f => blobs.Exists(f.Digest)) is { } here)
        {
            return here;
        }

        foreach (LayerBlob form in forms)
        {
            if (documents.SourcesOf(form.Digest) is { Count: > 0 } sources && await fetcher.FetchAsync(form, sources, SourcePatience, ct).ConfigureAwait(false))
            {
                return form;
            }
        }

        return null;
    }

    private async Task<LayerBlob> SendAsync(RepositoryUploads uploads, LayerBlob blob, string id, TransferProgress report, CancellationToken ct)
    {
        using IDisposable pin = blobs.Pins.Pin(blob.Digest);
        await TryUploadAsync(uploads, () => new UploadContent(CopyAsync, blob.Size), blob.Digest, id, report, ct).ConfigureAwait(false);
        return blob;

        async Task CopyAsync(Stream target, CancellationToken token)
        {
            await using Stream file = new CountingStream(
                blobs.TryOpen(blob.Digest) ?? throw WharfException.DataLoss($"blob {blob.Digest} has vanished"),
                done => report.Bar(id, "Pushing", done, blob.Size));
            await file.CopyToAsync(target, BufferSize, token).ConfigureAwait(false);
        }
    }

    /// <summary>Compresses the layer on its way: nothing is written here, for the same bytes come out the next time.</summary>
    private async Task<LayerBlob> PackAsync(RepositoryUploads uploads, LayerRecord layer, LayerPacking packing, TransferProgress report, CancellationToken ct)
    {
        string id = layer.Diff.Short;
        CompressionKind kind = packing.Compression ?? CompressionKind.Gzip;
        (Digest digest, long size) = await TryUploadAsync(uploads, () => new UploadContent(CompressAsync, null), default, id, report, ct).ConfigureAwait(false);
        var made = new LayerBlob(layer.Diff, digest, LayerPacking.MediaTypeOf(kind, packing.UsesOciTypes), size);
        await index.Database.WriteRelaxedAsync(connection => IndexWrites.PutLayerBlob(connection, made)).ConfigureAwait(false);
        return made;

        async Task CompressAsync(Stream target, CancellationToken token)
        {
            await using Stream tar = new CountingStream(await tars.OpenAsync(layer, token).ConfigureAwait(false), done => report.Bar(id, "Pushing", done, layer.TarSize));
            int? level = packing.Level ?? (kind == CompressionKind.Gzip ? GzipLevel : null);
            Stream packed = Compressor.Open(target, kind, level, leaveOpen: true);
            await tar.CopyToAsync(packed, BufferSize, token).ConfigureAwait(false);
            if (packed != target)
            {
                await packed.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<(Digest Digest, long Size)> TryUploadAsync(RepositoryUploads uploads, Func<UploadContent> content, Digest expected, string id,
        TransferProgress report, CancellationToken ct)
    {
        await slots.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            return await RetryUploadAsync(uploads, content, expected, id, report, ct).ConfigureAwait(false);
        }
        finally
        {
            slots.Release();
        }
    }

    private static async Task<(Digest Digest, long Size)> RetryUploadAsync(RepositoryUploads uploads, Func<UploadContent> content, Digest expected, string id,
        TransferProgress report, CancellationToken ct)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                Uri upload = await uploads.BeginUploadAsync(ct).ConfigureAwait(false);
                return await uploads.UploadAsync(upload, content, expected, ct).ConfigureAwait(false);
            }
            catch (Exception e) when (attempt < Attempts && !ct.IsCancellationRequested
                && e is WharfException { Kind: ErrorKind.Unavailable or ErrorKind.Internal } or IOException or HttpRequestException)
            {
                TimeSpan wait = RegistrySession.WaitOf(null, attempt - 1);
                report.Status(id, $"Retrying in {Math.Ceiling(wait.TotalSeconds)} second{(wait.TotalSeconds > 1 ? "s" : "")}");
                await Task.Delay(wait, ct).ConfigureAwait(false);
            }
        }
    }

    private static Descriptor Describe(LayerBlob blob, Descriptor? preferred) => preferred is not null && preferred.Digest == blob.Digest
        ? preferred
        : new Descriptor { MediaType = DockerType(blob.MediaType), Digest = blob.Digest, Size = blob.Size };

    // A layer that came in an OCI archive uncompressed travels in a Docker manifest under Docker's name for the same bytes.
    private static string DockerType(string mediaType) => mediaType switch
    {
        MediaTypes.OciLayerGzip => MediaTypes.DockerLayerGzip,
        _ => mediaType,
    };

    private Task RememberAsync(LayerBlob blob, ImageReference repository) =>
        index.Database.WriteRelaxedAsync(connection => IndexWrites.PutBlobSource(connection, blob.Digest, repository.Name, open: false));
}
