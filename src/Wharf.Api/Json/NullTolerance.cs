using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wharf.Api.Json;

/// <summary>
/// Reads null as zero: Go leaves a number untouched when the document says null, and clients in Go and Python send nulls for everything they do
/// not set. A number in quotes, or with a fraction, is refused, as Go does.
/// </summary>
public sealed class NullableNumberConverter : JsonConverter<long>
{
    public override bool HandleNull => true;

    public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? 0 : reader.GetInt64();

    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}

/// <summary>As <see cref="NullableNumberConverter"/>, for 64-bit counters without a sign (statistics).</summary>
public sealed class NullableCounterConverter : JsonConverter<ulong>
{
    public override bool HandleNull => true;

    public override ulong Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? 0 : reader.GetUInt64();

    public override void Write(Utf8JsonWriter writer, ulong value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}

/// <summary>Reads null as false, for the same clients.</summary>
public sealed class NullableBooleanConverter : JsonConverter<bool>
{
    public override bool HandleNull => true;

    public override bool Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType != JsonTokenType.Null && reader.GetBoolean();

    public override void Write(Utf8JsonWriter writer, bool value, JsonSerializerOptions options) => writer.WriteBooleanValue(value);
}
