using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Trees;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Archive.Layers;

/// <summary>
/// Which paths differ, in the order and with the kinds of <c>docker diff</c>: a directory counts as modified when something in it was
/// added, deleted or modified, the root never.
/// </summary>
public static class TreeChanges
{
    /// <summary>Two whole trees; no lower tree means that all is new.</summary>
    /// <param name="lower">The tree before.</param>
    /// <param name="upper">The tree now.</param>
    /// <param name="ignored">New paths (without leading slash) that are nobody's change, such as mount points; what is in them still counts.</param>
    /// <param name="ct">Ends the walk.</param>
    public static IReadOnlyList<FileChange> OfTrees(SafeFileHandle? lower, SafeFileHandle upper, Func<string, FileStatus, bool>? ignored, CancellationToken ct) =>
        Present(Compare(lower, upper, ignored, ct));

    /// <summary>The upper directory of an overlay, and the merged layers below it (null for none).</summary>
    public static IReadOnlyList<FileChange> OfOverlay(SafeFileHandle? lower, SafeFileHandle upper, CancellationToken ct)
    {
        var walk = new OverlayWalk(lower, ct);
        walk.Run(upper);
        return Present(walk.Changes);
    }

    internal static List<(TreePath Path, FileChangeKind Kind)> Compare(
        SafeFileHandle? lower, SafeFileHandle upper, Func<string, FileStatus, bool>? ignored, CancellationToken ct)
    {
        var walk = new TreeComparison(ignored, ct);
        walk.Run(lower, upper);
        return walk.Changes;
    }

    private static FileChange[] Present(List<(TreePath Path, FileChangeKind Kind)> changes)
    {
        FileChange[] shown = [.. changes.Select(c => new FileChange(c.Path.ToString(), c.Kind))];
        Array.Sort(shown, (a, b) => string.CompareOrdinal(a.Path, b.Path));
        return shown;
    }
}
