using Wharf.Archive.Compression;
using Wharf.Archive.Tar;
using Wharf.Images.Content;
using Wharf.Images.Layers;
using Wharf.Primitives;

namespace Wharf.Images.Archives;

/// <summary>
/// Unpacks the layers of an archive as they come by, before the archive says what they are for: its bytes are read, hashed and written once. Of a
/// compressed layer the blob is kept as well, for a push that wants the same digest.
/// </summary>
internal sealed class LayerStager(LayerStore layers, BlobStore blobs)
{
    /// <summary>What became of a member; null when it is no layer, and nothing of it has been read.</summary>
    public async Task<ArchiveMember?> TakeAsync(ReadOnlyMemory<byte> head, Stream content, Func<Digest, IDisposable> pin, CancellationToken ct)
    {
        if (!TarProbe.IsArchive(head, out CompressionKind kind))
        {
            return null;
        }

        try
        {
            if (kind == CompressionKind.None)
            {
                StagedLayer plain = await layers.StageAsync(content, ct).ConfigureAwait(false);
                return new ArchiveMember { Staged = plain, Digest = plain.Result.DiffId, Size = plain.Result.TarSize };
            }

            return await TakePackedAsync(content, pin, ct).ConfigureAwait(false);
        }
        catch (WharfException e) when (e.Kind == ErrorKind.InvalidArgument)
        {
            // Only an image that has this layer is wrong for it; nobody may want it.
            return new ArchiveMember { Failure = e };
        }
    }

    private async Task<ArchiveMember> TakePackedAsync(Stream content, Func<Digest, IDisposable> pin, CancellationToken ct)
    {
        await using BlobWriter writer = await blobs.BeginAnonymousAsync(ct).ConfigureAwait(false);
        StagedLayer staged;
        await using (DecompressedStream tar = await Decompression.OpenAsync(new KeepingStream(content, writer), leaveOpen: true, ct, ahead: true).ConfigureAwait(false))
        {
            staged = await layers.StageAsync(tar.Content, ct).ConfigureAwait(false);
        }

        try
        {
            long size = writer.Position;
            Digest digest = await writer.CommitAsync(d => pin(d)).ConfigureAwait(false);
            return new ArchiveMember { Staged = staged, Digest = digest, Size = size };
        }
        catch
        {
            await staged.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Writes what passes to a blob.</summary>
    private sealed class KeepingStream(Stream inner, BlobWriter writer) : ReadOnlyStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            writer.Write(buffer.Span[..read]);
            return read;
        }

        public override int Read(Span<byte> buffer)
        {
            int read = inner.Read(buffer);
            writer.Write(buffer[..read]);
            return read;
        }
    }
}

/// <summary>A member of an archive; one of link, content, layer, blob and failure.</summary>
internal sealed record ArchiveMember
{
    /// <summary>The name of another member.</summary>
    public string? Link { get; init; }

    /// <summary>All of a small one.</summary>
    public byte[]? Content { get; init; }

    /// <summary>It was a layer and is unpacked.</summary>
    public StagedLayer? Staged { get; init; }

    /// <summary>Why it cannot be used.</summary>
    public WharfException? Failure { get; init; }

    public Digest Digest { get; init; }

    public long Size { get; init; }
}
