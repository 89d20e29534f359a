namespace Wharf.Primitives;

/// <summary>
/// Writes a whole file so that a reader, and the next start after a power cut, sees the old content or the new one, never a part:
/// temporary file beside it, flush to disk, rename, flush of the folder (rename(2), fsync(2)).
/// </summary>
public static class AtomicFile
{
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
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.FlushToDisk(handle);
    }
}
