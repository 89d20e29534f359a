using Microsoft.Win32.SafeHandles;
using Wharf.Linux;

namespace Wharf.Registry.Storage;

/// <summary>What the store asks of the file system beyond what .NET offers: hard links, link counts, times that only the kernel sets.</summary>
internal static class Inodes
{
    /// <returns>None, EEXIST or EMLINK; other answers throw.</returns>
    public static Errno Link(string from, string to)
    {
        Errno answer = NameCalls.Link(FileCalls.CurrentDirectory, from, FileCalls.CurrentDirectory, to);
        if (answer is not (Errno.None or Errno.EEXIST or Errno.EMLINK))
        {
            Throw(answer, "link", to);
        }

        return answer;
    }

    /// <summary>Size, number of names and times of a regular file; null when there is none.</summary>
    public static FileStatus? Status(string path)
    {
        Errno answer = NameCalls.Status(FileCalls.CurrentDirectory, path, AtFlags.SymlinkNoFollow, out FileStatus status);
        if (answer is Errno.ENOENT or Errno.ENOTDIR || (answer == Errno.None && !status.IsRegular))
        {
            return null;
        }

        Throw(answer, "stat", path);
        return status;
    }

    public static DateTimeOffset Time(StatusTime time) => DateTimeOffset.FromUnixTimeSeconds(time.Seconds);

    public static void Touch(string path)
    {
        Errno answer = NameCalls.SetTimes(FileCalls.CurrentDirectory, path, TimeSpec.Omit, TimeSpec.Now, AtFlags.None);
        if (answer != Errno.ENOENT)
        {
            Throw(answer, "utimensat", path);
        }
    }

    /// <summary>True when the file system has no room, or the owner no quota, for what was to be written.</summary>
    public static bool IsNoSpace(Exception error) => error is IOException io && (io.HResult & 0xffff) is (int)Errno.ENOSPC or (int)Errno.EDQUOT;

    public static long FreeBytes(string path)
    {
        NameCalls.FileSystem(path, out FileSystemStatus status).ThrowIfError("statfs", path);
        return (long)status.BlocksAvailable * status.BlockSize;
    }

    private static void Throw(Errno answer, string call, string path)
    {
        if (answer is Errno.ENOSPC or Errno.EDQUOT)
        {
            throw new IOException($"{call} {path}: {answer.Describe()}", (int)answer);
        }

        answer.ThrowIfError(call, path);
    }
}
