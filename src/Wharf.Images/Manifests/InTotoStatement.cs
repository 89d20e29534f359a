using System.Text.Json;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Manifests;

/// <summary>Statements in in-toto's form (in-toto attestation framework, "Statement v1"): a predicate about subjects, which are manifests by digest.</summary>
internal static class InTotoStatement
{
    /// <summary>Media type of a statement in an attestation manifest.</summary>
    public const string MediaType = "application/vnd.in-toto+json";

    /// <summary>Annotation that says which kind of predicate a statement holds.</summary>
    public const string PredicateTypeKey = "in-toto.io/predicate-type";

    private const string Version = "https://in-toto.io/Statement/v1";

    /// <summary>BuildKit's name for the subject of an image without one.</summary>
    private const string Nameless = "_";

    public static byte[] Write(ImagePredicate predicate, IReadOnlyList<ImageReference> names, Platform platform, Digest manifest) => Written(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("_type", Version);
        writer.WriteString("predicateType", predicate.Type);
        writer.WriteStartArray("subject");
        foreach (string name in names.Count == 0 ? [Nameless] : names.Select(n => PackageUrl.OfImage(n, platform)))
        {
            WriteSubject(writer, name, manifest);
        }

        writer.WriteEndArray();
        writer.WritePropertyName("predicate");
        writer.WriteRawValue(predicate.Json.Span);
        writer.WriteEndObject();
    });

    /// <summary>The same statement about the manifest that an image has now, after its layers took another form.</summary>
    /// <exception cref="WharfException">DataLoss: no statement.</exception>
    public static byte[] Rebind(ReadOnlyMemory<byte> statement, Digest from, Digest to)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(statement, new JsonDocumentOptions { MaxDepth = 256 });
            return Written(writer =>
            {
                writer.WriteStartObject();
                foreach (JsonProperty member in document.RootElement.EnumerateObject())
                {
                    if (member.NameEquals("subject") && member.Value.ValueKind == JsonValueKind.Array)
                    {
                        writer.WriteStartArray("subject");
                        foreach (JsonElement subject in member.Value.EnumerateArray())
                        {
                            RebindSubject(writer, subject, from, to);
                        }

                        writer.WriteEndArray();
                    }
                    else
                    {
                        member.WriteTo(writer);
                    }
                }

                writer.WriteEndObject();
            });
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw WharfException.DataLoss($"an attestation of {from} is no statement: {e.Message}", e);
        }
    }

    private static void RebindSubject(Utf8JsonWriter writer, JsonElement subject, Digest from, Digest to)
    {
        if (subject.ValueKind == JsonValueKind.Object && subject.TryGetProperty("digest", out JsonElement digest) && digest.ValueKind == JsonValueKind.Object
            && digest.TryGetProperty(from.Algorithm, out JsonElement hex) && hex.ValueEquals(from.Encoded))
        {
            WriteSubject(writer, subject.TryGetProperty("name", out JsonElement name) ? name.GetString() ?? Nameless : Nameless, to);
        }
        else
        {
            subject.WriteTo(writer);
        }
    }

    private static void WriteSubject(Utf8JsonWriter writer, string name, Digest manifest)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteStartObject("digest");
        writer.WriteString(manifest.Algorithm, manifest.Encoded);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static byte[] Written(Action<Utf8JsonWriter> write)
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory, new JsonWriterOptions { Encoder = GoJsonEncoder.Instance, MaxDepth = 256 }))
        {
            write(writer);
        }

        return memory.ToArray();
    }
}
