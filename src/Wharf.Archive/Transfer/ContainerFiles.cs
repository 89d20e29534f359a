using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Compression;
using Wharf.Archive.Layers;
using Wharf.Archive.Tar;
using Wharf.Archive.Trees;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Archive.Transfer;

/// <summary>
/// <c>docker cp</c> on an open root file system (a running container's /proc/PID/root, or a <c>SnapshotRoot</c>). The container may
/// change the tree meanwhile: everything is resolved to descriptors within the root, and only descriptors are used.
/// </summary>
public static class ContainerFiles
{
    /// <summary>A link is told of itself unless the path ends in a slash or a dot.</summary>
    /// <exception cref="WharfException">NotFound "lstat PATH: ..."; "Could not find the file PATH in container NAME" is the caller's to say.</exception>
    public static PathStatus Stat(SafeFileHandle root, string path)
    {
        var scoped = ScopedPath.Parse(path);
        using TreeNode node = scoped.Open(root);
        FileStatus status = node.Status;
        string target = status.IsSymbolicLink ? ScopedPath.Evaluate(root, scoped.Path).ToString() : "";
        var modified = new TarTime(status.Modified.Seconds, status.Modified.Nanoseconds).ToDateTimeOffset();
        return new PathStatus(scoped.BaseName, (long)status.Size, GoFileMode.Of(status.Mode), modified, target);
    }

    /// <summary>GET archive: the path as an archive whose names begin with its last component, or with another name. Nothing is opened that is no regular file or directory.</summary>
    /// <exception cref="WharfException">NotFound, before the first byte.</exception>
    public static Task PackAsync(SafeFileHandle root, string path, string? name, Stream output, CancellationToken ct)
    {
        var scoped = ScopedPath.Parse(path);
        TreeNode node = scoped.Open(root);
        return Task.Run(() => PackAsync(node, name ?? scoped.BaseName, output, ct), CancellationToken.None);
    }

    /// <summary>PUT archive: unpacks (gzip, zstd, bzip2, xz and plain) into the directory at <paramref name="path"/>, which must exist.</summary>
    /// <exception cref="WharfException">NotFound, or InvalidArgument "extraction point is not a directory", or what is wrong with the archive.</exception>
    public static async Task ExtractAsync(SafeFileHandle root, string path, Stream archive, ExtractOptions options, CancellationToken ct)
    {
        TreePath target = ScopedPath.Parse(path).Path;
        RequireDirectory(root, target);
        await using DecompressedStream plain = await Decompression.OpenAsync(archive, leaveOpen: true, ct);
        await Task.Run(() => ExtractAsync(root, target, plain.Content, options, ct), ct);
    }

    /// <summary>The client's side of it: a plain archive into a directory of its own machine, which links in the archive do not leave.</summary>
    public static Task UnpackAsync(SafeFileHandle directory, Stream tar, ExtractOptions options, CancellationToken ct) =>
        Task.Run(() => ExtractAsync(directory, TreePath.Root, tar, options, ct), ct);

    private static async Task PackAsync(TreeNode node, string name, Stream output, CancellationToken ct)
    {
        using (node)
        {
            await using var writer = new TarWriter(output);
            string prefix = System.Text.Encoding.Latin1.GetString(System.Text.Encoding.UTF8.GetBytes(name));
            await new TreePacker(writer, new PackRules { Prefix = prefix, IncludeTop = true }).PackTreeAsync(node, ct);
            await writer.FinishAsync(ct);
        }
    }

    private static async Task ExtractAsync(SafeFileHandle root, TreePath target, Stream tar, ExtractOptions options, CancellationToken ct)
    {
        var rules = new ExtractRules
        {
            Whiteouts = WhiteoutStyle.Keep,
            NoOverwriteDirNonDir = options.NoOverwriteDirNonDir,
            ForcedOwner = options.CopyOwners ? null : (options.UserId, options.GroupId),
        };
        using var reader = new TarReader(tar);
        using var extractor = new TreeExtractor(root, target, rules);
        while (await reader.ReadEntryAsync(ct) is { } entry)
        {
            ct.ThrowIfCancellationRequested();
            if (options.Rename is { } rename)
            {
                entry.Name = Renamed(entry.Name, rename);
                entry.LinkName = entry.Type == TarEntryType.HardLink ? Renamed(entry.LinkName, rename) : entry.LinkName;
            }

            await extractor.ApplyAsync(reader, entry, ct);
        }

        await reader.DrainAsync(ct);
    }

    private static byte[] Renamed(byte[] name, Func<string, string> rename) => System.Text.Encoding.Latin1.GetBytes(rename(System.Text.Encoding.Latin1.GetString(name)));

    private static void RequireDirectory(SafeFileHandle root, TreePath path)
    {
        Errno errno = TreeNode.Resolve(root, path, follow: true, out TreeNode node);
        errno.ThrowIfError("lstat", path);
        using (node)
        {
            if (!node.Status.IsDirectory)
            {
                throw WharfException.Invalid("extraction point is not a directory");
            }
        }
    }
}
