using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Images.Snapshots.Overlay;

/// <summary>Finds out by doing whether overlayfs works on a directory's file system: mounts, writes, deletes, looks for the mark.</summary>
internal static class OverlayProbe
{
    /// <exception cref="WharfException">InvalidArgument: it does not, and why.</exception>
    public static void Require(string root)
    {
        string path = Path.Combine(root, ".probe");
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        try
        {
            foreach (string name in (string[])["low1", "low2", "up", "work", "mnt"])
            {
                Directory.CreateDirectory(Path.Combine(path, name));
            }

            File.WriteAllText(Path.Combine(path, "low1", "gone"), "");
            using SafeFileHandle merged = OverlayMount.Open(
                [Path.Combine(path, "low1"), Path.Combine(path, "low2")], Path.Combine(path, "up"), Path.Combine(path, "work"), Path.Combine(path, "mnt"));
            NameCalls.Unlink(merged, "gone").ThrowIfError("unlink", "gone");
            NameCalls.Status(FileCalls.CurrentDirectory, Path.Combine(path, "up", "gone"), AtFlags.SymlinkNoFollow, out FileStatus mark).ThrowIfError("stat", "gone");
            if (mark.Type != FileType.CharacterDevice)
            {
                throw WharfException.Unsupported("deletions leave no mark");
            }
        }
        catch (WharfException e)
        {
            throw WharfException.Invalid($"the overlay2 storage driver does not work on {root} ({BackingFileSystem.NameOf(root)}): {e.Message}; --storage-driver vfs works everywhere", e);
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
