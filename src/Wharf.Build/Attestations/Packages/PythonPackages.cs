using System.Text.RegularExpressions;
using Wharf.Oci.Images;

namespace Wharf.Build.Attestations.Packages;

/// <summary>Python distributions by their metadata: <c>*.dist-info/METADATA</c> (core metadata specification), and the older <c>*.egg-info</c>.</summary>
internal static partial class PythonPackages
{
    public static bool Tells(string path) => path.EndsWith(".dist-info/METADATA", StringComparison.Ordinal)
        || path.EndsWith(".egg-info/PKG-INFO", StringComparison.Ordinal) || path.EndsWith(".egg-info", StringComparison.Ordinal);

    public static FoundPackage? Read(ImageFiles files, string path)
    {
        // The headers end at the first empty line; what follows is the description.
        if (Stanzas.Read(files.Text(path) ?? "").FirstOrDefault() is not { } header || !header.TryGetValue("Name", out string? name) || name.Length == 0)
        {
            return null;
        }

        string version = header.GetValueOrDefault("Version") ?? "";
        return new FoundPackage(name, version, PackageUrl.Of("pypi", "", Separators().Replace(name, "-").ToLowerInvariant(), version), "/" + path)
        {
            License = header.GetValueOrDefault("License-Expression") ?? header.GetValueOrDefault("License"),
            Supplier = header.GetValueOrDefault("Author") ?? header.GetValueOrDefault("Author-email"),
            Homepage = header.GetValueOrDefault("Home-page"),
            Description = header.GetValueOrDefault("Summary"),
        };
    }

    /// <summary>How the index compares names (PEP 503).</summary>
    [GeneratedRegex("[-_.]+")]
    private static partial Regex Separators();
}
