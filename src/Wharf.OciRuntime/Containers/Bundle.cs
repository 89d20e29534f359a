using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.OciRuntime.Containers;

/// <summary>A bundle's config.json.</summary>
internal static class Bundle
{
    public static string DirectoryOf(string? flag) => Path.GetFullPath(flag ?? ".");

    /// <summary>The specification's path; another name than config.json is taken from the bundle, unless it is absolute.</summary>
    public static string ConfigOf(string bundle, string? name = null) => Path.Combine(bundle, name ?? "config.json");

    /// <exception cref="WharfException">NotFound, naming the file.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw WharfException.NotFound($"JSON specification file {path} not found");
        }
    }

    /// <exception cref="WharfException">NotFound or InvalidArgument, naming the file.</exception>
    public static RuntimeSpec Load(string path) => Parse(Read(path), path);

    /// <exception cref="WharfException">InvalidArgument, naming the file.</exception>
    public static RuntimeSpec Parse(ReadOnlyMemory<byte> json, string path)
    {
        RuntimeSpec spec;
        try
        {
            spec = RuntimeSpecReader.ReadSpec(json);
        }
        catch (WharfException e)
        {
            throw WharfException.Invalid($"{path}: {e.Message}", e);
        }

        return spec.OciVersion.StartsWith("1.", StringComparison.Ordinal) ? spec : throw WharfException.Invalid($"{path}: unsupported ociVersion \"{spec.OciVersion}\"");
    }
}
