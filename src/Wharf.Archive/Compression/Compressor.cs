using Wharf.Primitives;

namespace Wharf.Archive.Compression;

/// <summary>Compresses; the same input gives the same bytes whatever the number of threads. bzip2 and xz are read only.</summary>
public static class Compressor
{
    /// <param name="output">Receives the compressed bytes; closed with the returned stream unless <paramref name="leaveOpen"/>.</param>
    /// <param name="kind">None gives the output itself back.</param>
    /// <param name="level">Of the format; null for its default (gzip 6, zstd 3).</param>
    /// <param name="leaveOpen">Leave <paramref name="output"/> open.</param>
    public static Stream Open(Stream output, CompressionKind kind, int? level = null, bool leaveOpen = false) => throw WharfException.Unsupported($"{output}{kind}{level}{leaveOpen}");
}
