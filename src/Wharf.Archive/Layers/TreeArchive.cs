using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Tar;
using Wharf.Archive.Trees;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Archive.Layers;

/// <summary>Packs whole trees as layers: names relative to the top, which is itself left out, as Docker's archives have it.</summary>
public static class TreeArchive
{
    /// <summary>A whole root file system (<c>docker export</c>).</summary>
    /// <returns>Digest and sizes of what was written.</returns>
    public static Task<LayerApplyResult> WriteAsync(SafeFileHandle root, Stream output, IdentityMap owners, CancellationToken ct) =>
        WriteAsync(root, output, new PackRules { Owners = owners }, ct);

    /// <summary>The upper directory of an overlay as a layer: deletions and opaque directories become whiteouts.</summary>
    public static Task<LayerApplyResult> WriteOverlayDiffAsync(SafeFileHandle upper, Stream output, IdentityMap owners, CancellationToken ct) =>
        WriteAsync(upper, output, new PackRules { Owners = owners, FromOverlay = true }, ct);

    /// <summary>The difference of two whole trees as a layer; <paramref name="ignored"/> as for <see cref="TreeChanges.OfTrees"/>.</summary>
    public static Task<LayerApplyResult> WriteTreeDiffAsync(SafeFileHandle? lower, SafeFileHandle upper, Stream output,
        Func<string, FileStatus, bool>? ignored, IdentityMap owners, CancellationToken ct) =>
        RunAsync(output, new PackRules { Owners = owners }, async packer =>
        {
            foreach ((TreePath path, FileChangeKind kind) in TreeChanges.Compare(lower, upper, ignored, ct))
            {
                if (kind == FileChangeKind.Deleted)
                {
                    await packer.PackWhiteoutAsync(path.Text, ct);
                }
                else if (TreeNode.Resolve(upper, path, follow: false, out TreeNode node) == Errno.None)
                {
                    using (node)
                    {
                        await packer.PackNodeAsync(node, path.Text, ct);
                    }
                }
            }
        }, ct);

    private static Task<LayerApplyResult> WriteAsync(SafeFileHandle root, Stream output, PackRules rules, CancellationToken ct) =>
        RunAsync(output, rules, async packer =>
        {
            TreeNode.Resolve(root, TreePath.Root, follow: false, out TreeNode top).ThrowIfError("open", "/");
            using (top)
            {
                await packer.PackTreeAsync(top, ct);
            }
        }, ct);

    private static Task<LayerApplyResult> RunAsync(Stream output, PackRules rules, Func<TreePacker, Task> pack, CancellationToken ct) => Task.Run(async () =>
    {
        await using var hashed = new HashingWriter(output);
        await using var writer = new TarWriter(hashed);
        var packer = new TreePacker(writer, rules);
        await pack(packer);
        await writer.FinishAsync(ct);
        return new LayerApplyResult(hashed.Digest(), packer.Size, packer.Entries, hashed.Count);
    }, ct);
}
