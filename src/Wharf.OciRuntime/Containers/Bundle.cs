using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.OciRuntime.Containers;

/// <summary>A bundle's config.json.</summary>
internal static class Bundle
{
    public static string DirectoryOf(string? flag) => Path.GetFullPath(flag ?? ".");

    /// <exception cref="WharfException">NotFound, naming the file.</exception>
    public static byte[] Read(string bundle)
    {
        string path = Path.Combine(bundle, "config.json");
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw WharfException.NotFound($"JSON specification file {path} not found");
        }
    }

    /// <exception cref="WharfException">InvalidArgument, naming the file.</exception>
    public static RuntimeSpec Parse(ReadOnlyMemory<byte> json, string bundle)
    {
        RuntimeSpec spec;
        try
        {
            spec = RuntimeSpecReader.ReadSpec(json);
        }
        catch (WharfException e)
        {
            throw WharfException.Invalid($"{bundle}/config.json: {e.Message}", e);
        }

        return spec.OciVersion.StartsWith("1.", StringComparison.Ordinal) ? spec : throw WharfException.Invalid($"{bundle}/config.json: unsupported ociVersion \"{spec.OciVersion}\"");
    }
}
