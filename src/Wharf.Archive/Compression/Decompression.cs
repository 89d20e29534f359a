using Wharf.Primitives;

namespace Wharf.Archive.Compression;

/// <summary>Recognises and undoes compression, in this process: nothing from a container or image is ever run for it.</summary>
public static class Decompression
{
    /// <summary>Bytes that <see cref="Detect"/> wants to see.</summary>
    public const int ProbeLength = 6;

    public static CompressionKind Detect(ReadOnlySpan<byte> head) => throw WharfException.Unsupported($"{head.Length}");

    /// <summary>
    /// Looks at the first bytes of <paramref name="input"/> and gives the plain content. With <paramref name="ahead"/> the decompressor
    /// runs on its own thread, a few buffers in front of the reader. Multi-member gzip and multi-frame zstd are read to their end.
    /// </summary>
    public static ValueTask<DecompressedStream> OpenAsync(Stream input, bool leaveOpen, CancellationToken ct, bool ahead = false) => throw WharfException.Unsupported($"{input}{leaveOpen}{ahead}");

    /// <summary>The same for a known format.</summary>
    public static Stream Open(Stream input, CompressionKind kind, bool leaveOpen = false) => throw WharfException.Unsupported($"{input}{kind}{leaveOpen}");
}

/// <summary>Plain content and what it was wrapped in.</summary>
public sealed record DecompressedStream(CompressionKind Kind, Stream Content) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
