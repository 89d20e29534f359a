using Wharf.Linux;

namespace Wharf.Build.Copying;

/// <summary>What changes when a file's content does: while it is the same, so is the content.</summary>
/// <param name="Device">With the inode, which file it is.</param>
/// <param name="Modified">Nanoseconds since 1970.</param>
/// <param name="Changed">Nanoseconds since 1970; kept by the kernel, no program can set it.</param>
public readonly record struct FileStamp(ulong Device, ulong Inode, long Size, long Modified, long Changed)
{
    private const long Second = 1_000_000_000;

    /// <summary>
    /// Younger than this a change may hide behind the one before, as both are stamped with the same tick of a clock that may be as coarse as two seconds.
    /// </summary>
    private const long Calm = 3 * Second;

    public static FileStamp Of(in FileStatus status) =>
        new(status.Device, status.Inode, (long)status.Size, Nanoseconds(status.Modified), Nanoseconds(status.Changed));

    /// <summary>True when a change after <paramref name="now"/> would show in the stamp.</summary>
    public bool IsCalm(DateTimeOffset now) => Math.Max(Changed, Modified) + Calm < now.ToUnixTimeMilliseconds() * 1_000_000;

    private static long Nanoseconds(StatusTime time) => (time.Seconds * Second) + time.Nanoseconds;
}
