using System.Text.Json;
using Wharf.Oci.Images;

namespace Wharf.Build.Attestations.Packages;

/// <summary>NuGet packages: the libraries of a program's <c>*.deps.json</c>, and packages that lie unpacked with their <c>*.nuspec</c>.</summary>
internal static class NuGetPackages
{
    private const string Dependencies = ".deps.json", Specification = ".nuspec";

    public static bool Tells(string path) => path.EndsWith(Dependencies, StringComparison.Ordinal) || IsUnpacked(path);

    public static IEnumerable<FoundPackage> Read(ImageFiles files, string path)
    {
        if (IsUnpacked(path))
        {
            string[] parts = path.Split('/');
            return [Package(parts[^1][..^Specification.Length], parts[^2], path)];
        }

        using JsonDocument? document = JsonFile.Parse(files.Bytes(path));
        return document is null ? [] : [.. Libraries(document.RootElement, path)];
    }

    private static IEnumerable<FoundPackage> Libraries(JsonElement root, string path)
    {
        foreach (JsonProperty library in JsonFile.Members(root, "libraries"))
        {
            int slash = library.Name.LastIndexOf('/');
            if (slash > 0 && JsonFile.Text(library.Value, "type") == "package")
            {
                yield return Package(library.Name[..slash], library.Name[(slash + 1)..], path);
            }
        }
    }

    /// <summary><c>…/name/version/name.nuspec</c>, as the folder of global packages has them.</summary>
    private static bool IsUnpacked(string path)
    {
        if (!path.EndsWith(Specification, StringComparison.Ordinal))
        {
            return false;
        }

        string[] parts = path.Split('/');
        return parts.Length >= 3 && parts[^1].Length > Specification.Length && parts[^3].Equals(parts[^1][..^Specification.Length], StringComparison.OrdinalIgnoreCase)
            && char.IsAsciiDigit(parts[^2].FirstOrDefault());
    }

    private static FoundPackage Package(string name, string version, string path) => new(name, version, PackageUrl.Of("nuget", "", name, version), "/" + path);
}
