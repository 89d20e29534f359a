using System.Runtime.InteropServices;

namespace Wharf.Primitives;

/// <summary>
/// Writes a whole file so that a reader, and the next start after a power cut, sees the old content or the new one, never a part:
/// temporary file beside it, flush to disk, rename, flush of the folder (rename(2), fsync(2)).
/// </summary>
public static partial class AtomicFile
{
    // O_RDONLY | O_CLOEXEC, which have the same value on every Linux that .NET runs on
    private const int ReadOnlyFolder = 0x80000;

    /// <param name="path">The file to replace or create.</param>
    /// <param name="content">The whole new content.</param>
    /// <param name="mode">Permissions of the new file; 0600 unless told.</param>
    /// <param name="durable">False where losing the newest content at a power cut is no harm (files below the exec root).</param>
    public static void Write(string path, ReadOnlySpan<byte> content,
        UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite, bool durable = true)
    {
        string temporary = $"{path}.{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.tmp";
        try
        {
            using (var file = new FileStream(temporary, new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = mode,
                BufferSize = 0,
            }))
            {
                file.Write(content);
                if (durable)
                {
                    file.Flush(flushToDisk: true);
                }
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        if (durable)
        {
            SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
    }

    /// <summary>Flushes a folder, so that names created or renamed in it survive a power cut (fsync(2) on the folder).</summary>
    public static void SyncDirectory(string path)
    {
        // .NET opens no folders, so these three calls are made directly
        int descriptor = open(path, ReadOnlyFolder);
        if (descriptor < 0)
        {
            throw new IOException($"open {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }

        try
        {
            if (fsync(descriptor) != 0)
            {
                throw new IOException($"fsync {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
            }
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
