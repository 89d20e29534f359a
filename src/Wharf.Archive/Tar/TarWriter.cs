using Wharf.Primitives;

namespace Wharf.Archive.Tar;

/// <summary>
/// Writes an archive with the headers Go's archive/tar chooses, so that our layers look like Docker's: ustar when all fields fit, pax
/// otherwise, times in whole seconds, no process id, no clock. Same entries, same bytes.
/// </summary>
public sealed class TarWriter(Stream output, bool leaveOpen = true) : IAsyncDisposable
{
    /// <summary>Writes a member and its whole content (<see cref="TarEntry.Size"/> bytes; null when it has none).</summary>
    public ValueTask WriteEntryAsync(TarEntry entry, Stream? content, CancellationToken ct) => throw WharfException.Unsupported($"tar {output} {leaveOpen}");

    /// <summary>A regular file of which the content is at hand.</summary>
    public ValueTask WriteFileAsync(TarEntry entry, ReadOnlyMemory<byte> content, CancellationToken ct) => throw WharfException.Unsupported("tar");

    /// <summary>The header alone; <see cref="WriteContentAsync"/> must then be given exactly <see cref="TarEntry.Size"/> bytes.</summary>
    public ValueTask WriteHeaderAsync(TarEntry entry, CancellationToken ct) => throw WharfException.Unsupported("tar");

    public ValueTask WriteContentAsync(ReadOnlyMemory<byte> data, CancellationToken ct) => throw WharfException.Unsupported("tar");

    /// <summary>Ends the archive (two zero blocks) and flushes the output.</summary>
    public ValueTask FinishAsync(CancellationToken ct) => throw WharfException.Unsupported("tar");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
