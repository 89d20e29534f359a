using System.Text.Json;
using System.Text.Json.Serialization;
using Wharf.Api.Containers;

namespace Wharf.Api.Json;

/// <summary>Reads a command given as one string, as old clients and people with curl do, as a list of that one string.</summary>
public sealed class CommandWordsConverter : JsonConverter<CommandWords>
{
    public override CommandWords? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return [reader.GetString()!];
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("a command must be a string or a list of strings");
        }

        var list = new CommandWords();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            list.Add(reader.TokenType == JsonTokenType.String
                ? reader.GetString()!
                : throw new JsonException("a command's list must hold strings only"));
        }

        return list;
    }

    public override void Write(Utf8JsonWriter writer, CommandWords value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (string item in value)
        {
            writer.WriteStringValue(item);
        }

        writer.WriteEndArray();
    }
}
