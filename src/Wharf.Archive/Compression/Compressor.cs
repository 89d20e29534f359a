using Wharf.Archive.Compression.Gzip;
using Wharf.Archive.Compression.Zstd;
using Wharf.Primitives;

namespace Wharf.Archive.Compression;

/// <summary>Compresses; the same input gives the same bytes whatever the number of threads. bzip2 and xz are read only.</summary>
public static class Compressor
{
    private const int DefaultGzipLevel = 6;
    private const int DefaultZstdLevel = 3;

    /// <param name="output">Receives the compressed bytes; closed with the returned stream unless <paramref name="leaveOpen"/>.</param>
    /// <param name="kind">None gives the output itself back.</param>
    /// <param name="level">Of the format: gzip 0 to 9, zstd 1 to 22; null for its default (6, 3).</param>
    /// <param name="leaveOpen">Leave <paramref name="output"/> open.</param>
    /// <exception cref="WharfException">InvalidArgument: a format that is only read, or a level outside it.</exception>
    public static Stream Open(Stream output, CompressionKind kind, int? level = null, bool leaveOpen = false) => (kind, level) switch
    {
        (CompressionKind.None, _) => output,
        (CompressionKind.Gzip, null or (>= 0 and <= 9)) => new GzipWriter(output, level ?? DefaultGzipLevel, leaveOpen),
        (CompressionKind.Zstd, null or (>= 1 and <= 22)) => new ZstdWriter(output, level ?? DefaultZstdLevel, leaveOpen),
        (CompressionKind.Gzip or CompressionKind.Zstd, _) => throw WharfException.Invalid($"invalid compression level {level}"),
        _ => throw WharfException.Invalid($"cannot compress as {kind.ToString().ToLowerInvariant()}"),
    };
}
