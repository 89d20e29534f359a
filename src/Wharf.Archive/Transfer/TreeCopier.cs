using Microsoft.Win32.SafeHandles;
using Wharf.Primitives;

namespace Wharf.Archive.Transfer;

/// <summary>Copies a directory's content with owners, modes, times, attributes and hard links; data by reflink where the file system can.</summary>
public static class TreeCopier
{
    /// <summary>
    /// Copies what is in the directory <paramref name="path"/> (resolved within <paramref name="sourceRoot"/>) into
    /// <paramref name="target"/>, and gives the target the directory's own mode and owner. False when the path is no directory there.
    /// </summary>
    public static bool Copy(SafeFileHandle sourceRoot, string path, SafeFileHandle target, CancellationToken ct) => throw WharfException.Unsupported($"{sourceRoot}{path}{target}{ct}");
}
