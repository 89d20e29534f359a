using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Build.Attestations.Packages;

/// <summary>
/// The files of an image, read by descriptor below its root. What is in them is an image's word and nothing more: a file that is too large or
/// no file at all is as good as none.
/// </summary>
internal sealed class ImageFiles(SafeFileHandle root)
{
    private const int MostBytes = 64 << 20;
    private const int MostDepth = 64;
    private const ResolveFlags Within = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks;
    private const byte DirectoryEntry = 4, RegularEntry = 8, UnknownEntry = 0;

    private static readonly HashSet<string> NotFiles = ["proc", "sys", "dev"];

    /// <summary>The text of a regular file; null when there is none.</summary>
    public string? Text(string path) => Bytes(path) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    public byte[]? Bytes(string path)
    {
        // Not blocking: a fifo has no writer to wait for.
        Errno errno = FileCalls.OpenAt2(root, path, OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.CloseOnExec, Within, out SafeFileHandle file);
        using (file)
        {
            if (errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP or Errno.ENXIO)
            {
                return null;
            }

            errno.ThrowIfError("openat2", path);
            NameCalls.Status(file, out FileStatus status).ThrowIfError("statx", path);
            if ((status.Mode & FileType.Mask) != FileType.Regular || status.Size > MostBytes)
            {
                return null;
            }

            byte[] bytes = new byte[status.Size];
            int length = 0, count;
            while (length < bytes.Length && (count = RandomAccess.Read(file, bytes.AsSpan(length), length)) > 0)
            {
                length += count;
            }

            return bytes[..length];
        }
    }

    /// <summary>Paths of all regular files, relative to the root, folders in the order of their names; links are not followed.</summary>
    public IEnumerable<string> All(CancellationToken ct) => Below("", 0, ct);

    private IEnumerable<string> Below(string folder, int depth, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var below = new List<string>();
        foreach ((string name, byte type) in Entries(folder))
        {
            string path = folder.Length == 0 ? name : folder + "/" + name;
            if (type is RegularEntry or UnknownEntry)
            {
                yield return path;
            }

            if (type is DirectoryEntry or UnknownEntry && !(depth == 0 && NotFiles.Contains(name)))
            {
                below.Add(path);
            }
        }

        foreach (string path in depth < MostDepth ? below : [])
        {
            foreach (string found in Below(path, depth + 1, ct))
            {
                yield return found;
            }
        }
    }

    public IEnumerable<string> Names(string folder) => Entries(folder).Select(e => e.Name);

    private IEnumerable<(string Name, byte Type)> Entries(string folder)
    {
        Errno errno = FileCalls.OpenAt2(root, folder.Length == 0 ? "." : folder, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.CloseOnExec, Within, out SafeFileHandle directory);
        using (directory)
        {
            if (errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
            {
                return [];
            }

            errno.ThrowIfError("openat2", folder);
            DirectoryReader.Read(directory, out List<DirectoryReader.Entry> entries).ThrowIfError("getdents64", folder);
            return entries.Select(e => (Encoding.UTF8.GetString(e.Name), e.Type)).OrderBy(e => e.Item1, StringComparer.Ordinal);
        }
    }
}
