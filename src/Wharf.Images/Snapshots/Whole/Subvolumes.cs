using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Images.Snapshots.Whole;

/// <summary>The btrfs driver: a subvolume per layer, copied as a snapshot in an instant and sharing what is unchanged.</summary>
internal sealed class Subvolumes : ITreeMaker
{
    public const string DriverName = "btrfs";

    public string Name => DriverName;

    /// <exception cref="WharfException">InvalidArgument: the data root is on another file system.</exception>
    public static void Require(string dataRoot)
    {
        string name = BackingFileSystem.NameOf(dataRoot);
        if (name != "btrfs")
        {
            throw WharfException.Invalid($"the btrfs storage driver needs a data root on btrfs; {dataRoot} is on {name}");
        }
    }

    public void MakeEmpty(string path)
    {
        using SafeFileHandle parent = DriverDirectory.Open(Path.GetDirectoryName(path)!);
        SubvolumeCalls.Make(parent, NameOf(path)).ThrowIfError("create subvolume", path);
        NameCalls.ChangeMode(FileCalls.CurrentDirectory, path, 0x1ED).ThrowIfError("chmod", path);
    }

    public void MakeCopy(string source, string path)
    {
        using SafeFileHandle parent = DriverDirectory.Open(Path.GetDirectoryName(path)!);
        using SafeFileHandle from = DriverDirectory.Open(source);
        SubvolumeCalls.MakeSnapshot(from, parent, NameOf(path)).ThrowIfError("create snapshot", path);
    }

    /// <summary>
    /// Destroys the subvolume a thing in the trash holds, which is quicker than removing file by file; where there is none, or
    /// subvolumes made by a container lie within it, the removal file by file that follows does the rest.
    /// </summary>
    public static void TryDestroy(SafeFileHandle trash, string name)
    {
        if (FileCalls.OpenAt(trash, name, OpenFlags.Directory | OpenFlags.NoFollow, out SafeFileHandle directory) == Errno.None)
        {
            using (directory)
            {
                _ = SubvolumeCalls.Remove(directory, Encoding.ASCII.GetBytes(WholeTreeDriver.Tree));
            }
        }
    }

    private static byte[] NameOf(string path) => Encoding.UTF8.GetBytes(Path.GetFileName(path));
}
