using Microsoft.Win32.SafeHandles;
using Wharf.Linux;

namespace Wharf.Archive.Trees;

/// <summary>An open directory of a tree being filled, and the time to give it back once nothing more is made in it.</summary>
internal sealed class TreeDirectory(SafeFileHandle handle, TimeSpec modified, bool setsGroup) : IDisposable
{
    public SafeFileHandle Handle { get; } = handle;

    public TimeSpec Modified { get; set; } = modified;

    /// <summary>The directory passes its group on (set-group-id), so new members must be given theirs.</summary>
    public bool SetsGroup { get; set; } = setsGroup;

    /// <summary>The way to it led over a symbolic link: the directory has another name than the one it was asked for by.</summary>
    public bool BehindLink { get; init; }

    /// <summary>Something was made or removed in it since it was opened.</summary>
    public bool Touched { get; set; }

    public void Dispose()
    {
        if (Touched)
        {
            // Only a time: a directory that has gone meanwhile, or a file system that keeps none, is no reason to fail.
            _ = NameCalls.SetTimes(Handle, "\0"u8, Modified, Modified, AtFlags.EmptyPath);
        }

        Handle.Dispose();
    }
}
