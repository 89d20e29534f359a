using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Transfer;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Images.Snapshots.Whole;

/// <summary>The vfs driver: plain directories, copied file by file (by reflink where the file system can). Works everywhere, costs space.</summary>
internal sealed class DirectoryTrees : ITreeMaker
{
    public const string DriverName = "vfs";

    public string Name => DriverName;

    public void MakeEmpty(string path)
    {
        NameCalls.MakeDirectory(FileCalls.CurrentDirectory, path, 0x1ED).ThrowIfError("mkdir", path);
        NameCalls.ChangeMode(FileCalls.CurrentDirectory, path, 0x1ED).ThrowIfError("chmod", path);
    }

    public void MakeCopy(string source, string path)
    {
        MakeEmpty(path);
        using SafeFileHandle from = DriverDirectory.Open(source);
        using SafeFileHandle to = DriverDirectory.Open(path);
        if (!TreeCopier.Copy(from, "/", to, CancellationToken.None))
        {
            throw WharfException.NotFound($"{source} is not a directory");
        }
    }
}
