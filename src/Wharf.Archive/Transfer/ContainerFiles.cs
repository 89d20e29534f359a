using Microsoft.Win32.SafeHandles;
using Wharf.Primitives;

namespace Wharf.Archive.Transfer;

/// <summary>
/// <c>docker cp</c> on an open root file system (a running container's /proc/PID/root, or a <c>SnapshotRoot</c>). The container may
/// change the tree meanwhile: everything is resolved to descriptors within the root, and only descriptors are used.
/// </summary>
public static class ContainerFiles
{
    /// <exception cref="WharfException">NotFound: "Could not find the file PATH in container" is the caller's to say; the text here names the path.</exception>
    public static PathStatus Stat(SafeFileHandle root, string path) => throw WharfException.Unsupported($"{root}{path}");

    /// <summary>GET archive: the path as an archive whose names begin with its last component.</summary>
    public static Task PackAsync(SafeFileHandle root, string path, Stream output, CancellationToken ct) => throw WharfException.Unsupported($"{root}{path}{output}{ct}");

    /// <summary>PUT archive: unpacks (gzip, zstd, bzip2, xz and plain) into the directory at <paramref name="path"/>, which must exist.</summary>
    public static Task ExtractAsync(SafeFileHandle root, string path, Stream archive, ExtractOptions options, CancellationToken ct) => throw WharfException.Unsupported($"{root}{path}{archive}{options}{ct}");
}
