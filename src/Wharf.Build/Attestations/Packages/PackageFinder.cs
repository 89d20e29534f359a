using Microsoft.Win32.SafeHandles;

namespace Wharf.Build.Attestations.Packages;

/// <summary>All packages that an image's files tell of: each once, by package URL, in the order of their URLs.</summary>
internal static class PackageFinder
{
    /// <summary>More are no image that anybody made, but one that was made to fill a disk.</summary>
    private const int MostPackages = 100_000;

    public static IReadOnlyList<FoundPackage> Find(SafeFileHandle root, CancellationToken ct)
    {
        var files = new ImageFiles(root);
        var release = OsRelease.Read(files);
        var found = new SortedDictionary<string, FoundPackage>(StringComparer.Ordinal);
        foreach (FoundPackage package in DebianPackages.Find(files, release).Concat(AlpinePackages.Find(files, release)).Concat(files.All(ct).SelectMany(p => InFile(files, p))))
        {
            found.TryAdd(package.Url, package);
            if (found.Count >= MostPackages)
            {
                break;
            }
        }

        return [.. found.Values];
    }

    private static IEnumerable<FoundPackage> InFile(ImageFiles files, string path) =>
        PythonPackages.Tells(path) ? PythonPackages.Read(files, path) is { } python ? [python] : []
        : NodePackages.Tells(path) ? NodePackages.Read(files, path)
        : NuGetPackages.Tells(path) ? NuGetPackages.Read(files, path)
        : [];
}
