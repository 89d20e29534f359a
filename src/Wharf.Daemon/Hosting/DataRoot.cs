using Wharf.Primitives;

namespace Wharf.Daemon.Hosting;

/// <summary>The daemon's two folders: made with tight permissions, and locked so that no second daemon uses them.</summary>
internal sealed class DataRoot : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Private = OwnerOnly | UnixFileMode.GroupExecute;

    private readonly FileStream held;

    private DataRoot(FileStream held) => this.held = held;

    public static DataRoot Open(string dataRoot, string execRoot)
    {
        Make(dataRoot, Private);
        Make(execRoot, OwnerOnly);
        string path = Path.Combine(dataRoot, "lock");
        try
        {
            // FileShare.None is flock(2): it goes with the process, however that ends.
            return new DataRoot(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error)
        {
            throw WharfException.Conflict($"data root {dataRoot} is in use by another daemon: {error.Message}");
        }
    }

    public void Dispose() => held.Dispose();

    private static void Make(string path, UnixFileMode mode)
    {
        Directory.CreateDirectory(path, mode);
        File.SetUnixFileMode(path, mode);
    }
}
