using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux;

/// <summary>
/// Gives a file a new content in place: whoever has it open, or mounted, sees it. Nothing is truncated to nothing on the way, which would have ext4 write
/// the file out as soon as it is closed (its <c>auto_da_alloc</c>, ext4(5)): a request to the disk for each.
/// </summary>
public static class RewrittenFile
{
    /// <param name="path">The file; made if it is missing.</param>
    /// <param name="content">The whole new content.</param>
    /// <param name="mode">Permissions of a file that is made, less the umask.</param>
    /// <exception cref="Primitives.WharfException">What the kernel refused.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, uint mode)
    {
        FileCalls.Open(path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.CloseOnExec, out SafeFileHandle file, mode).ThrowIfError("open", path);
        using (file)
        {
            FileCalls.WriteAll(file, content).ThrowIfError("write", path);
            if (RandomAccess.GetLength(file) > content.Length)
            {
                FileCalls.Truncate(file, content.Length).ThrowIfError("truncate", path);
            }
        }
    }
}
