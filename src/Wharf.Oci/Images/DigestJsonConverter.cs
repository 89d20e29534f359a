using System.Text.Json;
using System.Text.Json.Serialization;
using Wharf.Primitives;

namespace Wharf.Oci.Images;

/// <summary>Reads and writes a <see cref="Digest"/> as its text; a malformed or unknown algorithm fails the document.</summary>
public sealed class DigestJsonConverter : JsonConverter<Digest>
{
    public override Digest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Digest.TryParse(reader.GetString(), out var digest)
            ? digest
            : throw new JsonException("invalid digest");

    public override void Write(Utf8JsonWriter writer, Digest value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
