using System.Text.Json;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.OciRuntime.Containers;

/// <summary>A bundle's config.json.</summary>
internal static class Bundle
{
    public static string DirectoryOf(string? flag) => Path.GetFullPath(flag ?? ".");

    /// <exception cref="WharfException">NotFound or InvalidArgument, naming the file.</exception>
    public static RuntimeSpec Load(string bundle)
    {
        string path = Path.Combine(bundle, "config.json");
        try
        {
            RuntimeSpec? spec = JsonSerializer.Deserialize(File.ReadAllBytes(path), RuntimeJson.Default.RuntimeSpec);
            return spec is { OciVersion: ['1', '.', ..] } ? spec : throw WharfException.Invalid($"{path}: unsupported ociVersion \"{spec?.OciVersion}\"");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw WharfException.NotFound($"JSON specification file {path} not found");
        }
        catch (JsonException e)
        {
            throw WharfException.Invalid($"{path}: {e.Message}", e);
        }
    }
}
