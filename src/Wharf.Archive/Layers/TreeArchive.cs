using Microsoft.Win32.SafeHandles;
using Wharf.Primitives;

namespace Wharf.Archive.Layers;

/// <summary>Packs a whole root file system (<c>docker export</c>, vfs commits).</summary>
public static class TreeArchive
{
    public static Task<LayerApplyResult> WriteAsync(SafeFileHandle root, Stream output, IdentityMap owners, CancellationToken ct) => throw WharfException.Unsupported($"{root}{output}{owners}{ct}");
}
