using System.Globalization;
using System.Text.Json;
using Wharf.Primitives;

namespace Wharf.Build.Dockerfile;

/// <summary>
/// The <c>syntax</c> directive. This builder speaks Dockerfile 1.26 itself and runs no frontend images: the official ones are honoured by
/// the built-in level, any other is refused.
/// </summary>
public static class SyntaxLevel
{
    public static readonly Version BuiltIn = new(1, 26);

    private static readonly string[] Official =
    [
        "docker/dockerfile", "docker.io/docker/dockerfile", "index.docker.io/docker/dockerfile", "docker/dockerfile-upstream", "docker.io/docker/dockerfile-upstream",
        "dockerfile",
    ];

    /// <summary>
    /// The frontend that a file asks for: <c># syntax=</c>, <c>// syntax=</c>, or the member of a JSON document (Dockerfile reference, "syntax").
    /// </summary>
    public static string? Detect(IReadOnlyList<string> lines)
    {
        int first = lines.Count > 0 && lines[0].StartsWith("#!", StringComparison.Ordinal) ? 1 : 0;
        if (lines.Count <= first)
        {
            return null;
        }

        string line = lines[first].TrimStart('\ufeff', ' ', '\t');
        if (line.StartsWith("//", StringComparison.Ordinal))
        {
            int equals = line.IndexOf('=');
            return equals > 0 && line[2..equals].Trim().Equals("syntax", StringComparison.OrdinalIgnoreCase) ? line[(equals + 1)..].Trim() : null;
        }

        return line.StartsWith('{') ? FromJson(string.Join('\n', lines)) : null;
    }

    /// <exception cref="WharfException">NotImplemented: a frontend image that is not Docker's own.</exception>
    public static void Check(string? syntax)
    {
        if (string.IsNullOrWhiteSpace(syntax))
        {
            return;
        }

        // Words after the image are options for it.
        string image = syntax.Split(' ', '\t')[0];
        string name = image.Split('@')[0];
        int colon = name.LastIndexOf(':');
        string tag = colon > name.LastIndexOf('/') ? name[(colon + 1)..] : "";
        name = tag.Length > 0 ? name[..colon] : name;
        if (Official.Contains(name) || (name.StartsWith("dockerfile.v", StringComparison.Ordinal) && tag.Length == 0))
        {
            return;
        }

        throw DockerfileError.About(WharfException.Unsupported(
            $"the frontend image {image} is not supported: this engine builds Dockerfiles itself (syntax level {BuiltIn.ToString(2)}) and runs no frontends; use \"# syntax=docker/dockerfile:1\" or leave the line out"), syntax);
    }

    /// <summary>True when the directive names a newer level than the built-in one, which may know instructions that this builder does not.</summary>
    public static bool IsNewer(string? syntax)
    {
        string tag = (syntax ?? "").Split(' ', '@')[0].Split(':')[^1].Split('-')[0];
        string[] parts = tag.Split('.');
        return parts.Length >= 1 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            && (major > BuiltIn.Major || (major == BuiltIn.Major && parts.Length > 1 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor) && minor > BuiltIn.Minor));
    }

    private static string? FromJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("syntax", out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString() : null;
        }
        catch (JsonException)
        {
            return null; // not JSON after all; the parser says what it is
        }
    }
}
