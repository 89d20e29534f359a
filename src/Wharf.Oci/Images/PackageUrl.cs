using System.Text;
using Wharf.Primitives;

namespace Wharf.Oci.Images;

/// <summary>Package URLs (purl specification, ECMA-427): <c>pkg:TYPE/NAMESPACE/NAME@VERSION?QUALIFIERS</c>.</summary>
public static class PackageUrl
{
    /// <param name="type">deb, apk, pypi, npm, nuget, docker …</param>
    /// <param name="space">The namespace with its slashes; empty for none.</param>
    /// <param name="name">Of the package.</param>
    /// <param name="version">Empty for none.</param>
    /// <param name="qualifiers">In the order of their keys; those without a value are left out.</param>
    public static string Of(string type, string space, string name, string version, params ReadOnlySpan<(string Key, string? Value)> qualifiers)
    {
        var text = new StringBuilder("pkg:").Append(type).Append('/');
        foreach (string part in space.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            text.Append(Escape(part)).Append('/');
        }

        text.Append(Escape(name));
        if (version.Length > 0)
        {
            text.Append('@').Append(Escape(version));
        }

        char mark = '?';
        foreach ((string key, string? value) in qualifiers)
        {
            if (value is { Length: > 0 })
            {
                text.Append(mark).Append(key).Append('=').Append(Escape(value));
                mark = '&';
            }
        }

        return text.ToString();
    }

    /// <summary>An image by its name, as BuildKit writes it: the registry is a part of the name, Docker's own is left out.</summary>
    public static string OfImage(ImageReference name, Platform platform)
    {
        string familiar = name.FamiliarName;
        int slash = familiar.LastIndexOf('/');
        string version = !name.Digest.IsEmpty ? name.Digest.ToString() : name.Tag ?? ImageReference.DefaultTag;
        return Of("docker", slash < 0 ? "" : familiar[..slash], familiar[(slash + 1)..], version, ("platform", platform.ToString()));
    }

    /// <summary>What the specification leaves as it is beside letters and digits; a colon too.</summary>
    private static string Escape(string text) => Uri.EscapeDataString(text).Replace("%3A", ":", StringComparison.Ordinal);
}
