using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Tar;
using Wharf.Linux;

namespace Wharf.Archive.Trees;

/// <summary>
/// Reads a directory's small files a few batches before they are packed, on other cores: of many small files the calls cost the time, not the bytes. No
/// handle is kept open, and what is held is bounded, however deep the tree and whatever it has been made to look like.
/// </summary>
internal sealed class FilesAhead(SafeFileHandle directory, List<DirectoryReader.Entry> entries) : IAsyncDisposable
{
    /// <summary>Each level below the top holds its own batches while what is below it is packed; deeper ones do without.</summary>
    public const int DeepestLevel = 16;

    private const int Batch = 32, BatchesAhead = 3, SmallBytes = 16 * 1024;

    private readonly Queue<Task<File?[]>> _coming = new();
    private File?[] _batch = [];
    private int _taken, _asked;

    /// <summary>The next entry's file; null when that is something else, large, one of several names, or gone: then it is to be looked at for itself.</summary>
    public async ValueTask<File?> NextAsync()
    {
        if (entries.Count < Batch)
        {
            return null;
        }

        if (_taken == _batch.Length)
        {
            for (; _coming.Count < BatchesAhead && _asked < entries.Count; _asked += Batch)
            {
                int from = _asked;
                _coming.Enqueue(Task.Run(() => Read(from, Math.Min(from + Batch, entries.Count))));
            }

            _batch = await _coming.Dequeue();
            _taken = 0;
        }

        return _batch[_taken++];
    }

    /// <summary>Waits for what is still being read: the directory is the caller's to close.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_coming);

    private File?[] Read(int from, int to)
    {
        var files = new File?[to - from];
        for (int i = from; i < to; i++)
        {
            // DT_UNKNOWN or DT_REG (getdents(2))
            if (entries[i].Type is 0 or 8 && TreeNode.Open(directory, entries[i].Name, out TreeNode node) == Errno.None)
            {
                using (node)
                {
                    files[i - from] = ReadFile(node);
                }
            }
        }

        return files;
    }

    private static File? ReadFile(TreeNode node)
    {
        FileStatus status = node.Status;
        if (!status.IsRegular || status.Links != 1 || status.Size > SmallBytes || node.OpenContent(out SafeFileHandle handle) != Errno.None)
        {
            return null;
        }

        using (handle)
        {
            // As long as it was when it was looked at: what it lost meanwhile is zeros, what it gained is cut.
            byte[] content = new byte[status.Size];
            int count;
            for (int at = 0; at < content.Length; at += count)
            {
                if (FileCalls.Read(handle, content.AsSpan(at), out count) != Errno.None)
                {
                    return null;
                }

                if (count == 0)
                {
                    break;
                }
            }

            return new File(status, AttributeReader.Read(node), content);
        }
    }

    /// <param name="Status">When it was opened.</param>
    /// <param name="Attributes">Those that belong in an archive.</param>
    /// <param name="Content">All of it.</param>
    internal sealed record File(FileStatus Status, List<TarAttribute> Attributes, byte[] Content);
}
