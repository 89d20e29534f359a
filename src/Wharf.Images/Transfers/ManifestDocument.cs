using System.Text.Json;
using Wharf.Images.Archives;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Transfers;

/// <summary>
/// Reads manifests of strangers. A document that can be read as two things (a manifest for one reader, an index for another) is refused:
/// what was checked must be what is run.
/// </summary>
internal static class ManifestDocument
{
    public static ImageManifest ReadManifest(ReadOnlyMemory<byte> content, string mediaType)
    {
        Inspect(content, mediaType, forbidden: "manifests", required: "layers");
        ImageManifest manifest = OciImageJson.ReadManifest(content.Span);
        if (manifest is not { Config: not null, Layers: not null } || manifest.Layers.Any(l => l is null))
        {
            throw WharfException.Invalid("invalid image manifest: its configuration or its layers are null");
        }

        if (manifest.Config.Digest.IsEmpty || manifest.Config.Size is < 0 or > Limits.Document)
        {
            throw WharfException.Invalid($"invalid image manifest: its configuration has {manifest.Config.Size} bytes, at most {Limits.Document} are allowed");
        }

        if (manifest.Layers.Count > Limits.Layers)
        {
            throw WharfException.Invalid($"invalid image manifest: {manifest.Layers.Count} layers, at most {Limits.Layers} are allowed");
        }

        foreach (Descriptor layer in manifest.Layers)
        {
            if (layer.Digest.IsEmpty || layer.Size < 0)
            {
                throw WharfException.Invalid("invalid image manifest: a layer without digest or with a negative size");
            }
        }

        return manifest;
    }

    public static ImageIndex ReadIndex(ReadOnlyMemory<byte> content, string mediaType)
    {
        Inspect(content, mediaType, forbidden: "layers", required: "manifests");
        ImageIndex index = OciImageJson.ReadIndex(content.Span);
        if (index.Manifests is null || index.Manifests.Any(m => m is null || m.Digest.IsEmpty || m.Size < 0))
        {
            throw WharfException.Invalid("invalid image index: an entry without digest or with a negative size");
        }

        return index;
    }

    private static void Inspect(ReadOnlyMemory<byte> content, string mediaType, string forbidden, string required)
    {
        if (content.Length > Limits.Document)
        {
            throw WharfException.Invalid($"manifest has {content.Length} bytes, at most {Limits.Document} are allowed");
        }

        bool present = false;
        string? own = null;
        // Tools that write archives leave it out, and Docker does not look; a version that is named has to be right.
        int? version = null;
        try
        {
            var reader = new Utf8JsonReader(content.Span, new JsonReaderOptions { MaxDepth = 64 });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw WharfException.Invalid("invalid manifest: not a JSON object");
            }

            var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                reader.Read();
                if (!seen.Add(name))
                {
                    throw WharfException.Invalid($"invalid manifest: the key \"{name}\" is there twice");
                }

                if (name.Equals(forbidden, StringComparison.OrdinalIgnoreCase) || (forbidden == "manifests" && name.Equals("fsLayers", StringComparison.OrdinalIgnoreCase)))
                {
                    throw WharfException.Invalid($"invalid manifest: ambiguous, it has both \"{required}\" and \"{name}\"");
                }

                present |= name == required;
                own = name == "mediaType" && reader.TokenType == JsonTokenType.String ? reader.GetString() : own;
                version = name != "schemaVersion" ? version : reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int v) ? v : 0;
                reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperation is how the reader says that a string is no UTF-8.
            throw WharfException.Invalid($"invalid manifest: {e.Message}", e);
        }

        bool known = version is null or 2;
        if (!known || !present)
        {
            throw WharfException.Invalid(!known ? $"unsupported manifest schema version {version}" : $"invalid manifest: it has no \"{required}\"");
        }

        if (own is not null && own != mediaType)
        {
            throw WharfException.Invalid($"manifest says it is {own}, but was announced as {mediaType}");
        }
    }
}
