using Wharf.Archive.Compression.Bzip2;
using Wharf.Archive.Compression.Gzip;
using Wharf.Archive.Compression.Xz;
using Wharf.Archive.Compression.Zstd;
using Wharf.Primitives;

namespace Wharf.Archive.Compression;

/// <summary>Recognises and undoes compression, in this process: nothing from a container or image is ever run for it.</summary>
public static class Decompression
{
    /// <summary>Bytes that <see cref="Detect"/> wants to see.</summary>
    public const int ProbeLength = 6;

    /// <summary>By the magic numbers of RFC 1952, RFC 8878 (skippable frames included, which estargz-like layers begin with), bzip2 and xz.</summary>
    public static CompressionKind Detect(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith<byte>([0x1f, 0x8b, 0x08]))
        {
            return CompressionKind.Gzip;
        }

        if (head.StartsWith<byte>([0x28, 0xb5, 0x2f, 0xfd]) || (head.Length >= 4 && (head[0] & 0xf0) == 0x50 && head[1..4].SequenceEqual<byte>([0x2a, 0x4d, 0x18])))
        {
            return CompressionKind.Zstd;
        }

        return head.StartsWith("BZh"u8) ? CompressionKind.Bzip2
            : head.StartsWith<byte>([0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]) ? CompressionKind.Xz
            : CompressionKind.None;
    }

    /// <summary>
    /// Looks at the first bytes of <paramref name="input"/> and gives the plain content. With <paramref name="ahead"/> the decompressor
    /// runs on its own thread, a few buffers in front of the reader. Multi-member gzip and multi-frame zstd are read to their end.
    /// </summary>
    public static async ValueTask<DecompressedStream> OpenAsync(Stream input, bool leaveOpen, CancellationToken ct, bool ahead = false)
    {
        byte[] head = new byte[ProbeLength];
        int length = await input.ReadAtLeastAsync(head, ProbeLength, throwOnEndOfStream: false, ct);
        CompressionKind kind = Detect(head.AsSpan(0, length));
        Stream content = Open(new PrefixedStream(head.AsMemory(0, length), input, leaveOpen), kind);
        return new DecompressedStream(kind, ahead && kind != CompressionKind.None ? new ReadAheadStream(content) : content);
    }

    /// <summary>The same for a known format.</summary>
    /// <exception cref="WharfException">From the stream's reads: InvalidArgument, "invalid gzip data" and the like.</exception>
    public static Stream Open(Stream input, CompressionKind kind, bool leaveOpen = false) => kind switch
    {
        CompressionKind.None => input,
        CompressionKind.Gzip => new GzipReader(input, leaveOpen),
        CompressionKind.Zstd => new ZstdReader(input, leaveOpen),
        CompressionKind.Bzip2 => new Bzip2Reader(input, leaveOpen),
        CompressionKind.Xz => new XzReader(input, leaveOpen),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}

/// <summary>Plain content and what it was wrapped in.</summary>
public sealed record DecompressedStream(CompressionKind Kind, Stream Content) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
