using Wharf.Primitives;

namespace Wharf.Archive.Tar;

/// <summary>Data of a member: where in the file it belongs (holes lie between) and the bytes, valid until the next read.</summary>
public readonly record struct TarChunk(long Offset, ReadOnlyMemory<byte> Data)
{
    public bool IsEnd => Data.IsEmpty;
}

/// <summary>
/// Reads an uncompressed archive in one pass with bounded memory: ustar, pax with global headers, GNU long names, GNU and pax sparse
/// files, base-256 numbers, old v7. Reads only forward; never touches the file system.
/// </summary>
/// <exception cref="WharfException">InvalidArgument: not an archive, truncated or beyond a limit; names the entry and its offset.</exception>
public sealed class TarReader(Stream input, TarLimits? limits = null) : IDisposable
{
    /// <summary>Bytes consumed so far.</summary>
    public long Position => throw WharfException.Unsupported("tar");

    /// <summary>The next member, or null after the last. What is left of the former's content is skipped.</summary>
    public ValueTask<TarEntry?> ReadEntryAsync(CancellationToken ct) => throw WharfException.Unsupported($"tar {input} {limits}");

    /// <summary>The next piece of the current member's content; an empty chunk at its end.</summary>
    public ValueTask<TarChunk> ReadContentAsync(CancellationToken ct) => throw WharfException.Unsupported("tar");

    /// <summary>The current member's content as a stream, holes read as zeros. Valid until the next entry is read.</summary>
    public Stream OpenContent() => throw WharfException.Unsupported("tar");

    /// <summary>Reads the input to its end (padding after the last member), so that a digest covers every byte.</summary>
    public ValueTask DrainAsync(CancellationToken ct) => throw WharfException.Unsupported("tar");

    public void Dispose() => GC.SuppressFinalize(this);
}
