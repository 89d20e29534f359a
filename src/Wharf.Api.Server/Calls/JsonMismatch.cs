using System.Text;
using System.Text.Json;

namespace Wharf.Api.Server;

/// <summary>
/// What is wrong with JSON whose syntax is right, in the words of Go's encoding/json: which member has a value of another type than it should.
/// </summary>
internal static class JsonMismatch
{
    private const string Conversion = "The JSON value could not be converted to ";

    public static string Of(JsonException error, ReadOnlySpan<byte> text)
    {
        if (!error.Message.StartsWith(Conversion, StringComparison.Ordinal))
        {
            return "invalid JSON: " + error.Message.Split(" Path: ")[0].TrimEnd('.');
        }

        string type = GoName(error.Message[Conversion.Length..].Split(". Path: ")[0]);
        string field = error.Path is { Length: > 2 } path ? " field " + path[2..] : "";
        return $"invalid JSON: json: cannot unmarshal {Found(error, text)} into Go struct{field}{(type.Length > 0 ? " of type " + type : "")}";
    }

    // The exception tells the line and the byte in it where the value ends (of arrays and objects: where it begins).
    private static string Found(JsonException error, ReadOnlySpan<byte> text)
    {
        int end = 0;
        for (long line = error.LineNumber ?? 0; line > 0; line--)
        {
            end += text[end..].IndexOf((byte)'\n') + 1;
        }

        end += (int)(error.BytePositionInLine ?? 0);
        var reader = new Utf8JsonReader(text);
        while (reader.Read() && reader.BytesConsumed < end)
        {
        }

        return reader.TokenType switch
        {
            JsonTokenType.StartArray => "array",
            JsonTokenType.StartObject => "object",
            JsonTokenType.String => "string",
            JsonTokenType.True or JsonTokenType.False => "bool",
            JsonTokenType.Number => "number " + Encoding.UTF8.GetString(reader.ValueSpan),
            _ => "value",
        };
    }

    private static string GoName(string type) => type switch
    {
        "System.String" => "string",
        "System.Boolean" => "bool",
        "System.Int64" => "int64",
        "System.Int32" => "int",
        "System.UInt32" => "uint32",
        "System.Double" => "float64",
        "System.Collections.Generic.List`1[System.String]" => "[]string",
        "System.Collections.Generic.Dictionary`2[System.String,System.String]" => "map[string]string",
        _ => "",
    };
}
