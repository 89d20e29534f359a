using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Trees;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Images.Snapshots;

/// <summary>
/// DATAROOT/trash: things are moved here by rename, which is instant and safe against a crash, and deleted by one task in the
/// background. What a former run left is deleted by <see cref="Empty"/>.
/// </summary>
internal sealed class Trash
{
    private readonly string _path;
    private readonly SafeFileHandle _directory;
    private readonly Action<string, Exception>? _failed;
    private readonly Channel<string> _waiting = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private int _pending;

    public Trash(SnapshotSettings settings)
    {
        _path = Path.Combine(settings.DataRoot, "trash");
        _failed = settings.DeletionFailed;
        System.IO.Directory.CreateDirectory(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        FileCalls.Open(_path, OpenFlags.Directory, out _directory).ThrowIfError("open", _path);
        _ = Task.Run(WorkAsync);
    }

    public string Directory => _path;

    /// <summary>Things not yet deleted.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>Moves a directory here; a missing one is no error.</summary>
    public void Take(string path)
    {
        string name = $"{Path.GetFileName(path)}-{ObjectId.Shorten(ObjectId.New())}";
        Errno errno = NameCalls.Rename(FileCalls.CurrentDirectory, path, _directory, name);
        if (errno == Errno.ENOENT)
        {
            return;
        }

        errno.ThrowIfError("rename", path);
        Enqueue(name);
    }

    public void Empty()
    {
        using SafeFileHandle directory = DriverDirectory.Open(_path);
        DirectoryReader.Read(directory, out var entries).ThrowIfError("readdir", _path);
        foreach (DirectoryReader.Entry entry in entries)
        {
            Enqueue(System.Text.Encoding.UTF8.GetString(entry.Name));
        }
    }

    private void Enqueue(string name)
    {
        Interlocked.Increment(ref _pending);
        _waiting.Writer.TryWrite(name);
    }

    private async Task WorkAsync()
    {
        await foreach (string name in _waiting.Reader.ReadAllAsync())
        {
            try
            {
                Whole.Subvolumes.TryDestroy(_directory, name);
                TreeRemover.Remove(_directory, System.Text.Encoding.UTF8.GetBytes(name)).ThrowIfError("remove", Path.Combine(_path, name));
            }
            catch (Exception e)
            {
                // stays in the trash; the next start tries again
                _failed?.Invoke(Path.Combine(_path, name), e);
            }

            Interlocked.Decrement(ref _pending);
        }
    }
}
