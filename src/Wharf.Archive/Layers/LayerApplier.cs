using Microsoft.Win32.SafeHandles;
using Wharf.Primitives;

namespace Wharf.Archive.Layers;

/// <summary>
/// Unpacks a layer below a directory. The archive is hostile: every name is resolved beneath the directory with openat2(2), links in
/// the way lead nowhere else, hard links join only members of the tree.
/// </summary>
public static class LayerApplier
{
    /// <param name="tar">The uncompressed layer; read to its end.</param>
    /// <param name="root">Handle of the target directory, on which everything is done.</param>
    /// <param name="options">Deletion marks, owners, limits.</param>
    /// <param name="ct">Leaves the directory half filled; the caller drops it.</param>
    /// <exception cref="WharfException">InvalidArgument: a broken or hostile archive; Internal: the disk.</exception>
    public static Task<LayerApplyResult> ApplyAsync(Stream tar, SafeFileHandle root, LayerApplyOptions options, CancellationToken ct) => throw WharfException.Unsupported($"{tar}{root}{options}{ct}");
}
