using System.Text.Json;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Registry.Manifests;

/// <summary>
/// From bytes to facts. A document that two readers could take for two things is refused (CVE-2021-41190): one that has the keys of a manifest and
/// of an index, that names another media type than the request did, or that has a key twice.
/// </summary>
internal static class ManifestReader
{
    /// <summary>What the specification asks registries to take at least, and what other registries take at most.</summary>
    public const int MaxSize = 4 * 1024 * 1024;

    private static readonly string[] Ambiguous = ["manifests", "layers", "config", "fsLayers", "history", "blobs"];

    /// <param name="content">The document.</param>
    /// <param name="declared">The Content-Type of the request, without parameters; null where nothing was said.</param>
    /// <exception cref="RegistryFault">MANIFEST_INVALID, and why.</exception>
    public static ManifestFacts Read(ReadOnlySpan<byte> content, string? declared)
    {
        HashSet<string> keys = Keys(content);
        bool isIndex = keys.Contains("manifests");
        string[] foreign = [.. Ambiguous.Where(k => keys.Contains(k) && (isIndex ? k != "manifests" : k is not ("layers" or "config")))];
        if (isIndex && foreign.Length > 0)
        {
            throw RegistryFault.ManifestInvalid($"it has \"manifests\" and \"{foreign[0]}\": neither index nor image");
        }

        if (MediaTypes.IsSchema1(declared) || keys.Contains("fsLayers") || keys.Contains("history"))
        {
            throw RegistryFault.ManifestInvalid("schema 1 manifests are not supported; push the image with a current client");
        }

        if (foreign.Length > 0)
        {
            throw RegistryFault.ManifestInvalid($"\"{foreign[0]}\" has no place in an image manifest");
        }

        try
        {
            return isIndex ? Index(content, declared) : Image(content, declared, keys.Contains("config"));
        }
        catch (WharfException e)
        {
            throw RegistryFault.ManifestInvalid(e.Message);
        }
    }

    private static ManifestFacts Index(ReadOnlySpan<byte> content, string? declared)
    {
        ImageIndex index = OciImageJson.ReadIndex(content);
        string mediaType = Agree(index.SchemaVersion, index.MediaType, declared, MediaTypes.OciIndex, MediaTypes.IsIndex);
        Check(index.Manifests);
        return new ManifestFacts(mediaType, [], index.Manifests, [], Subject(index.Subject), NullIfEmpty(index.ArtifactType), index.Annotations);
    }

    private static ManifestFacts Image(ReadOnlySpan<byte> content, string? declared, bool hasConfig)
    {
        if (!hasConfig)
        {
            throw RegistryFault.ManifestInvalid("it has neither \"config\" nor \"manifests\"");
        }

        ImageManifest manifest = OciImageJson.ReadManifest(content);
        string mediaType = Agree(manifest.SchemaVersion, manifest.MediaType, declared, MediaTypes.OciManifest, MediaTypes.IsManifest);
        Check([manifest.Config, .. manifest.Layers]);
        if (manifest.Config.MediaType.Length == 0)
        {
            throw RegistryFault.ManifestInvalid("its configuration has no media type");
        }

        var blobs = new List<Digest>();
        var urls = new List<string>();
        foreach (Descriptor part in manifest.Layers.Prepend(manifest.Config))
        {
            if (part.Urls is { Count: > 0 } && MediaTypes.IsForeignLayer(part.MediaType))
            {
                urls.AddRange(part.Urls);
            }
            else
            {
                blobs.Add(part.Digest);
            }
        }

        string type = string.IsNullOrEmpty(manifest.ArtifactType) ? manifest.Config.MediaType : manifest.ArtifactType;
        return new ManifestFacts(mediaType, blobs, [], urls, Subject(manifest.Subject), type, manifest.Annotations);
    }

    private static Digest Subject(Descriptor? subject) => subject is null ? default
        : subject.Digest.IsEmpty ? throw RegistryFault.ManifestInvalid("its subject has no digest")
        : subject.Digest;

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static void Check(IReadOnlyList<Descriptor> descriptors)
    {
        foreach (Descriptor descriptor in descriptors)
        {
            if (descriptor.Digest.IsEmpty)
            {
                throw RegistryFault.ManifestInvalid("a descriptor has no digest");
            }

            if (descriptor.Size < 0)
            {
                throw RegistryFault.ManifestInvalid($"{descriptor.Digest} has a negative size");
            }
        }
    }

    private static string Agree(int version, string? inside, string? declared, string usual, Func<string?, bool> isOfKind)
    {
        if (version != 2)
        {
            throw RegistryFault.ManifestInvalid($"schemaVersion is {version}, not 2");
        }

        string? said = string.IsNullOrEmpty(declared) || declared is "application/json" or "application/octet-stream" or "text/plain" ? null : declared;
        string type = said ?? (string.IsNullOrEmpty(inside) ? usual : inside);
        if (!string.IsNullOrEmpty(inside) && inside != type)
        {
            throw RegistryFault.ManifestInvalid($"mediaType in the manifest is {inside}, but the request says {type}");
        }

        return isOfKind(type) ? type : throw RegistryFault.ManifestInvalid($"media type {type} does not fit the document");
    }

    private static HashSet<string> Keys(ReadOnlySpan<byte> content)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            var reader = new Utf8JsonReader(content, new JsonReaderOptions { MaxDepth = 64 });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw RegistryFault.ManifestInvalid("it is no JSON object");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!keys.Add(reader.GetString()!))
                {
                    throw RegistryFault.ManifestInvalid($"it has the key \"{reader.GetString()}\" twice");
                }

                reader.Skip();
            }

            if (reader.Read())
            {
                throw RegistryFault.ManifestInvalid("something follows the document");
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw RegistryFault.ManifestInvalid(e.Message);
        }

        // Readers that fold case would see one of these where we see none.
        string? variant = keys.FirstOrDefault(k => Ambiguous.Concat(["mediaType", "schemaVersion", "subject"]).Any(a => a != k && a.Equals(k, StringComparison.OrdinalIgnoreCase)));
        return variant is null ? keys : throw RegistryFault.ManifestInvalid($"the key \"{variant}\" is not spelled as the specification does");
    }
}
