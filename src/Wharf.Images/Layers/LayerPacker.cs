using Wharf.Archive.Compression;
using Wharf.Images.Content;
using Wharf.Images.Index;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Layers;

/// <summary>Brings layers into the form in which an archive wants them: whose size must be known before the first byte is written.</summary>
internal sealed class LayerPacker(DocumentStore documents, BlobStore blobs, LayerTars tars)
{
    private const int BufferSize = 256 * 1024;

    /// <summary>The layer under OCI's media types; uncompressed where the packing says nothing.</summary>
    public async Task<PackedLayer> PackAsync(LayerRecord layer, LayerPacking packing, CancellationToken ct)
    {
        CompressionKind kind = packing.Compression ?? CompressionKind.None;
        if (packing.Compression is null || (kind == CompressionKind.None && packing.Force))
        {
            return Plain(layer);
        }

        foreach (LayerBlob form in documents.LayerBlobs(layer.Diff).Where(f => !MediaTypes.IsForeignLayer(f.MediaType) && packing.Accepts(f.MediaType)))
        {
            IDisposable pin = blobs.Pins.Pin(form.Digest);
            if (blobs.Exists(form.Digest))
            {
                return new PackedLayer(Describe(MediaTypes.OciTypeOf(form.MediaType), form.Digest, form.Size), _ => Task.FromResult(Open(form.Digest)), pin);
            }

            pin.Dispose();
        }

        return kind == CompressionKind.None ? Plain(layer) : await CompressAsync(layer, kind, packing.Level, ct).ConfigureAwait(false);
    }

    private PackedLayer Plain(LayerRecord layer) => new(Describe(MediaTypes.OciLayer, layer.Diff, layer.TarSize), token => tars.OpenAsync(layer, token), null);

    private async Task<PackedLayer> CompressAsync(LayerRecord layer, CompressionKind kind, int? level, CancellationToken ct)
    {
        IDisposable? pin = null;
        try
        {
            await using BlobWriter writer = await blobs.BeginAnonymousAsync(ct).ConfigureAwait(false);
            await using (Stream tar = await tars.OpenAsync(layer, ct).ConfigureAwait(false))
            {
                await using Stream packed = Compressor.Open(new BlobWriterStream(writer), kind, level, leaveOpen: true);
                await tar.CopyToAsync(packed, BufferSize, ct).ConfigureAwait(false);
            }

            long size = writer.Position;
            Digest digest = await writer.CommitAsync(d => pin = blobs.Pins.Pin(d)).ConfigureAwait(false);
            return new PackedLayer(Describe(LayerPacking.MediaTypeOf(kind, oci: true), digest, size), _ => Task.FromResult(Open(digest)), pin);
        }
        catch
        {
            pin?.Dispose();
            throw;
        }
    }

    private Stream Open(Digest blob) => blobs.TryOpen(blob) ?? throw WharfException.DataLoss($"blob {blob} has vanished");

    private static Descriptor Describe(string mediaType, Digest digest, long size) => new() { MediaType = mediaType, Digest = digest, Size = size };
}

/// <summary>A layer ready to be written; what was made for it may be collected once this is disposed.</summary>
internal sealed record PackedLayer(Descriptor Descriptor, Func<CancellationToken, Task<Stream>> Open, IDisposable? Pin) : IDisposable
{
    public void Dispose() => Pin?.Dispose();
}
