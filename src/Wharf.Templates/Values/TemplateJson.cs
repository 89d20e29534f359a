using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Wharf.Primitives;

namespace Wharf.Templates.Values;

/// <summary>Between JSON and template values: maps, lists (<c>List&lt;object?&gt;</c>), strings, long, double, bool, null.</summary>
public static class TemplateJson
{
    /// <summary>Reads one JSON document into values, as Go decodes into <c>interface{}</c> but with whole numbers as integers.</summary>
    public static object? Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 512, AllowTrailingCommas = false });
        reader.Read();
        return ReadValue(ref reader);
    }

    public static object? ReadValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var map = new TemplateMap();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    string name = reader.GetString()!;
                    reader.Read();
                    map[name] = ReadValue(ref reader);
                }

                return map;
            case JsonTokenType.StartArray:
                var list = new List<object?>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    list.Add(ReadValue(ref reader));
                }

                return list;
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.Number:
                return reader.TryGetInt64(out long integer) ? integer
                    : reader.TryGetUInt64(out ulong unsigned) ? unsigned
                    : (object)reader.GetDouble();
            case JsonTokenType.True or JsonTokenType.False:
                return reader.GetBoolean();
            default:
                return null;
        }
    }

    /// <summary>Compact JSON with Go's number forms; not HTML-escaped, as Docker's <c>json</c> function prints.</summary>
    public static string Write(object? value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = Encoder(value), SkipValidation = true, MaxDepth = 1000 }))
        {
            WriteValue(writer, value, 0);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static System.Text.Encodings.Web.JavaScriptEncoder Encoder(object? value) =>
        value is ITemplateObject { EscapesHtml: true } ? GoJsonEncoder.Instance : PlainJsonEncoder.Instance;

    private static void WriteValue(Utf8JsonWriter writer, object? value, int depth)
    {
        if (depth > 500)
        {
            throw new TemplateException("json: unsupported value: nested too deeply");
        }

        switch (value)
        {
            case null or TemplateNil:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case ulong number:
                writer.WriteNumberValue(number);
                break;
            case double number:
                writer.WriteRawValue(Formatting.GoFloat.Json(number), skipInputValidation: true);
                break;
            case TemplateMap map:
                WriteMembers(writer, map.Entries, depth);
                break;
            case ITemplateObject item:
                WriteMembers(writer, item.Members, depth);
                break;
            case IReadOnlyList<object?> list:
                writer.WriteStartArray();
                foreach (object? item in list)
                {
                    WriteValue(writer, item, depth + 1);
                }

                writer.WriteEndArray();
                break;
            case TemplateMethod:
                throw new TemplateException("json: unsupported type: func");
            default:
                writer.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void WriteMembers(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, object?>> members, int depth)
    {
        writer.WriteStartObject();
        foreach ((string name, object? member) in members)
        {
            writer.WritePropertyName(name);
            WriteValue(writer, member, depth + 1);
        }

        writer.WriteEndObject();
    }
}
