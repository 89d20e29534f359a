using System.Text.Json;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Cli.Manifests;

/// <summary>Documents as Docker's client writes them: lists indented by three blanks, everything else by tabs.</summary>
internal static class ManifestListJson
{
    /// <summary>A list is an OCI index when its first image is an OCI image.</summary>
    public static string MediaTypeOf(IReadOnlyList<ManifestRecord> images) =>
        images.Count > 0 && images[0].MediaType == MediaTypes.OciManifest ? MediaTypes.OciIndex : MediaTypes.DockerList;

    public static byte[] List(IReadOnlyList<ManifestRecord> images)
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory, new JsonWriterOptions { Encoder = GoJsonEncoder.Instance, Indented = true, IndentSize = 3, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("schemaVersion", 2);
            writer.WriteString("mediaType", MediaTypeOf(images));
            writer.WriteStartArray("manifests");
            foreach (ManifestRecord image in images)
            {
                writer.WriteStartObject();
                writer.WriteString("mediaType", image.MediaType);
                writer.WriteNumber("size", image.Size);
                writer.WriteString("digest", image.Digest.ToString());
                image.Platform?.Write(writer);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return memory.ToArray();
    }

    public static byte[] Tabbed(Action<Utf8JsonWriter> write)
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory, new JsonWriterOptions
        {
            Encoder = GoJsonEncoder.Instance,
            Indented = true,
            IndentCharacter = '\t',
            IndentSize = 1,
            NewLine = "\n",
        }))
        {
            write(writer);
        }

        return memory.ToArray();
    }
}
