using Wharf.Archive.Compression;
using Wharf.Primitives;

namespace Wharf.Archive.Tar;

/// <summary>Tells by its beginning whether something is an archive, plain or compressed.</summary>
public static class TarProbe
{
    /// <summary>Bytes that are enough to tell.</summary>
    public const int Length = 64 * 1024;

    /// <param name="head">The first bytes; fewer than <see cref="Length"/> only when there are no more.</param>
    /// <param name="kind">How it is compressed.</param>
    public static bool IsArchive(ReadOnlyMemory<byte> head, out CompressionKind kind)
    {
        kind = Decompression.Detect(head.Span);
        if (kind == CompressionKind.None)
        {
            return IsHeader(head.Span);
        }

        byte[] block = new byte[TarBlock.Size];
        try
        {
            using Stream plain = Decompression.Open(new MemoryStream(head.ToArray(), writable: false), kind);
            return IsHeader(block.AsSpan(0, plain.ReadAtLeast(block, block.Length, throwOnEndOfStream: false)));
        }
        catch (WharfException)
        {
            // Cut off before it gave a block, or no such compression after all.
            return false;
        }
    }

    private static bool IsHeader(ReadOnlySpan<byte> head) =>
        head.Length >= TarBlock.Size && !TarBlock.IsZero(head[..TarBlock.Size]) && TarBlock.HasValidChecksum(head[..TarBlock.Size]);
}
