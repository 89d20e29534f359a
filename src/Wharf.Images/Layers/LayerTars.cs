using Wharf.Archive.Compression;
using Wharf.Archive.Layers;
using Wharf.Images.Content;
using Wharf.Images.Index;
using Wharf.Primitives;

namespace Wharf.Images.Layers;

/// <summary>
/// Gives a layer's uncompressed tar back, byte for byte: by its recipe, by writing the driver's difference again when we wrote it the first time, from
/// a blob that is here, or by fetching it from a repository known to have it.
/// </summary>
internal sealed class LayerTars(LocalIndex index, DocumentStore documents, BlobStore blobs, LayerStore layers)
{
    /// <summary>Fetches a blob into the blob store from one of the repositories; null where nothing can be fetched.</summary>
    public Func<LayerBlob, IReadOnlyList<string>, CancellationToken, Task<bool>>? Fetch { get; set; }

    /// <summary>The content ends with an exception if it is not what the diff id promises.</summary>
    public async Task<Stream> OpenAsync(LayerRecord layer, CancellationToken ct)
    {
        return OpenOwn(layer, ct) ?? await OpenForeignAsync(layer, ct).ConfigureAwait(false);
    }

    /// <summary>The tar from a blob, here or fetched, without a look at the layer's files.</summary>
    public async Task<Stream> OpenForeignAsync(LayerRecord layer, CancellationToken ct)
    {
        if (blobs.TryOpen(layer.Diff) is { } plain)
        {
            return new VerifyingStream(plain, layer.Diff);
        }

        IReadOnlyList<LayerBlob> forms = documents.LayerBlobs(layer.Diff);
        foreach (LayerBlob form in forms)
        {
            if (blobs.TryOpen(form.Digest) is { } file)
            {
                DecompressedStream content = await Decompression.OpenAsync(file, leaveOpen: false, ct, ahead: true).ConfigureAwait(false);
                return new VerifyingStream(content.Content, layer.Diff);
            }
        }

        foreach (LayerBlob form in forms)
        {
            IReadOnlyList<string> sources = documents.SourcesOf(form.Digest);
            if (sources.Count > 0 && Fetch is not null && await Fetch(form, sources, ct).ConfigureAwait(false) && blobs.TryOpen(form.Digest) is { } fetched)
            {
                DecompressedStream content = await Decompression.OpenAsync(fetched, leaveOpen: false, ct, ahead: true).ConfigureAwait(false);
                return new VerifyingStream(content.Content, layer.Diff);
            }
        }

        throw WharfException.DataLoss($"the archive of layer {layer.Diff} is not here and no registry is known to have it");
    }

    /// <summary>The tar made of the layer's own files; null when they are not enough.</summary>
    public Stream? OpenOwn(LayerRecord layer, CancellationToken ct) => layer.Source switch
    {
        TarSource.Writer => new VerifyingStream(DiffStream.Open(layers.Driver, layer.Snapshot, ct), layer.Diff),
        TarSource.Recipe when layers.Driver.OpenRecipe(layer.Snapshot) is { } recipe =>
            new VerifyingStream(LayerRecipe.Open(recipe, layers.Driver.OpenFiles(layer.Snapshot)), layer.Diff),
        _ => null,
    };

    /// <summary>All layers with this diff id are the same tar: any of them will do.</summary>
    public LayerRecord Find(Digest diff) => index.State.Layers.Values.FirstOrDefault(l => l.Diff == diff)
        ?? throw WharfException.DataLoss($"layer {diff} is not here");
}
