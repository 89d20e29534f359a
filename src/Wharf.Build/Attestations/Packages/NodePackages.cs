using System.Text.Json;
using Wharf.Oci.Images;

namespace Wharf.Build.Attestations.Packages;

/// <summary>npm packages: what lies in <c>node_modules</c> by its own <c>package.json</c>, and what a <c>package-lock.json</c> locks.</summary>
internal static class NodePackages
{
    private const string Modules = "node_modules/", Manifest = "/package.json", Lock = "package-lock.json";

    public static bool Tells(string path) => IsLock(path) || IsInstalled(path);

    public static IEnumerable<FoundPackage> Read(ImageFiles files, string path)
    {
        using JsonDocument? document = JsonFile.Parse(files.Bytes(path));
        return document is null ? [] : IsLock(path) ? [.. Locked(document.RootElement, path)]
            : Describe(document.RootElement, JsonFile.Text(document.RootElement, "name"), path) is { } package ? [package] : [];
    }

    private static bool IsLock(string path) => path == Lock || path.EndsWith("/" + Lock, StringComparison.Ordinal);

    // Only a module's own folder: packages carry package.json files of their examples and parts too.
    private static bool IsInstalled(string path)
    {
        int modules = path.LastIndexOf(Modules, StringComparison.Ordinal);
        if (modules < 0 || !path.EndsWith(Manifest, StringComparison.Ordinal))
        {
            return false;
        }

        string name = path[(modules + Modules.Length)..^Manifest.Length];
        return name.Count(c => c == '/') == (name.StartsWith('@') ? 1 : 0);
    }

    /// <summary>Version 2 and 3 list by path in "packages", version 1 by name in "dependencies".</summary>
    private static IEnumerable<FoundPackage> Locked(JsonElement root, string path)
    {
        foreach (JsonProperty member in JsonFile.Members(root, "packages"))
        {
            int modules = member.Name.LastIndexOf(Modules, StringComparison.Ordinal);
            if (modules >= 0 && Describe(member.Value, JsonFile.Text(member.Value, "name") ?? member.Name[(modules + Modules.Length)..], path) is { } package)
            {
                yield return package;
            }
        }

        if (!root.TryGetProperty("packages", out _))
        {
            foreach (FoundPackage package in Dependencies(root, path, 0))
            {
                yield return package;
            }
        }
    }

    private static IEnumerable<FoundPackage> Dependencies(JsonElement parent, string path, int depth)
    {
        foreach (JsonProperty member in depth < 32 ? JsonFile.Members(parent, "dependencies") : [])
        {
            if (Describe(member.Value, member.Name, path) is { } package)
            {
                yield return package;
            }

            foreach (FoundPackage below in Dependencies(member.Value, path, depth + 1))
            {
                yield return below;
            }
        }
    }

    private static FoundPackage? Describe(JsonElement entry, string? name, string path)
    {
        if (name is not { Length: > 0 } || JsonFile.Text(entry, "version") is not { Length: > 0 } version)
        {
            return null;
        }

        int slash = name.IndexOf('/');
        return new FoundPackage(name, version, PackageUrl.Of("npm", slash < 0 ? "" : name[..slash], name[(slash + 1)..], version), "/" + path)
        {
            License = JsonFile.Text(entry, "license"),
            Supplier = JsonFile.Text(entry, "author"),
            Homepage = JsonFile.Text(entry, "homepage"),
            Description = JsonFile.Text(entry, "description"),
        };
    }
}
