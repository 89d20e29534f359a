using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Cli.Manifests;

/// <summary>An image's manifest with its name and platform: what the local store keeps, in the shape of Docker's client, and <c>inspect -v</c> shows.</summary>
internal sealed record ManifestRecord(ImageReference Ref, string MediaType, Digest Digest, long Size, byte[] Raw)
{
    public ManifestPlatform? Platform { get; init; }

    private bool IsOci => MediaType == MediaTypes.OciManifest;

    /// <exception cref="CommandException">The file is none of ours.</exception>
    public static ManifestRecord Read(byte[] json, string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement, descriptor = root.Member("Descriptor") ?? default;
            return new ManifestRecord(ImageReference.Parse(root.Text("Ref")), descriptor.Text("mediaType"), Digest.Parse(descriptor.Text("digest")), descriptor.Number("size"),
                Convert.FromBase64String(root.Text("Raw")))
            {
                Platform = descriptor.Member("platform") is { } platform ? ManifestPlatform.Read(platform) : null,
            };
        }
        catch (Exception e) when (e is JsonException or FormatException or WharfException)
        {
            throw new CommandException($"{path}: {e.Message}");
        }
    }

    public byte[] ToJson()
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory, new JsonWriterOptions { Encoder = GoJsonEncoder.Instance }))
        {
            Write(writer);
        }

        return memory.ToArray();
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString(nameof(Ref), Ref.ToString());
        writer.WriteStartObject("Descriptor");
        writer.WriteString("mediaType", MediaType);
        writer.WriteString("digest", Digest.ToString());
        writer.WriteNumber("size", Size);
        Platform?.Write(writer);
        writer.WriteEndObject();
        writer.WriteBase64String(nameof(Raw), Raw);
        writer.WritePropertyName(IsOci ? "OCIManifest" : "SchemaV2Manifest");
        using JsonDocument raw = JsonDocument.Parse(Raw);
        raw.RootElement.WriteTo(writer);
        writer.WriteEndObject();
    }

    /// <summary>Configuration and layers, which a repository must have before it takes the manifest.</summary>
    public IReadOnlyList<Digest> Blobs()
    {
        using JsonDocument raw = JsonDocument.Parse(Raw);
        return [.. raw.RootElement.Items("layers").Prepend(raw.RootElement.Member("config") ?? default).Select(d => Digest.Parse(d.Text("digest")))];
    }
}
