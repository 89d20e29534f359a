using System.Text.Json;

namespace Wharf.Oci.Runtime;

/// <summary>The reader's steps: each expects the reader on the value's first token and leaves it on the last.</summary>
internal static class JsonValues
{
    public delegate T? Read<T>(ref Utf8JsonReader json);

    /// <summary>True on an object's start; false on null.</summary>
    public static bool BeginObject(ref Utf8JsonReader json) => Begin(ref json, JsonTokenType.StartObject, "an object");

    /// <summary>Goes to the next member's name; false at the end of the object.</summary>
    public static bool NextMember(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    /// <summary>True when the name is this one; the reader is on its value then.</summary>
    public static bool IsMember(ref Utf8JsonReader json, ReadOnlySpan<byte> name)
    {
        if (!json.ValueTextEquals(name))
        {
            return false;
        }

        json.Read();
        return true;
    }

    public static void SkipMember(ref Utf8JsonReader json) => json.Skip();

    public static string? Text(ref Utf8JsonReader json) => json.GetString();

    public static bool? Flag(ref Utf8JsonReader json) => json.TokenType == JsonTokenType.Null ? null : json.GetBoolean();

    public static int? Int32(ref Utf8JsonReader json) => json.TokenType == JsonTokenType.Null ? null : json.GetInt32();

    public static uint? UInt32(ref Utf8JsonReader json) => json.TokenType == JsonTokenType.Null ? null : json.GetUInt32();

    public static long? Int64(ref Utf8JsonReader json) => json.TokenType == JsonTokenType.Null ? null : json.GetInt64();

    public static ulong? UInt64(ref Utf8JsonReader json) => json.TokenType == JsonTokenType.Null ? null : json.GetUInt64();

    public static ushort? UInt16(ref Utf8JsonReader json) => json.TokenType == JsonTokenType.Null ? null : json.GetUInt16();

    public static IReadOnlyList<string>? Texts(ref Utf8JsonReader json)
    {
        if (!BeginArray(ref json))
        {
            return null;
        }

        var list = new List<string>();
        while (NextElement(ref json))
        {
            list.Add(json.GetString() ?? throw new JsonException($"a string was expected before byte {json.BytesConsumed}"));
        }

        return list;
    }

    public static IReadOnlyList<uint>? Numbers(ref Utf8JsonReader json)
    {
        if (!BeginArray(ref json))
        {
            return null;
        }

        var list = new List<uint>();
        while (NextElement(ref json))
        {
            list.Add(json.GetUInt32());
        }

        return list;
    }

    public static IReadOnlyList<T>? List<T>(ref Utf8JsonReader json, Read<T> read)
        where T : class
    {
        if (!BeginArray(ref json))
        {
            return null;
        }

        var list = new List<T>();
        while (NextElement(ref json))
        {
            list.Add(read(ref json) ?? throw new JsonException($"an object was expected before byte {json.BytesConsumed}"));
        }

        return list;
    }

    public static IReadOnlyDictionary<string, string>? TextMap(ref Utf8JsonReader json) => Map(ref json, Text);

    public static IReadOnlyDictionary<string, T>? Map<T>(ref Utf8JsonReader json, Read<T> read)
        where T : class
    {
        if (!BeginObject(ref json))
        {
            return null;
        }

        var map = new Dictionary<string, T>(StringComparer.Ordinal);
        while (NextMember(ref json))
        {
            string name = json.GetString()!;
            json.Read();
            map[name] = read(ref json) ?? throw new JsonException($"\"{name}\" must not be null");
        }

        return map;
    }

    public static JsonException Missing(string record, string member) => new($"{record} has no \"{member}\"");

    private static bool BeginArray(ref Utf8JsonReader json) => Begin(ref json, JsonTokenType.StartArray, "an array");

    private static bool NextElement(ref Utf8JsonReader json) => json.Read() && json.TokenType != JsonTokenType.EndArray;

    private static bool Begin(ref Utf8JsonReader json, JsonTokenType start, string what) =>
        json.TokenType == start || (json.TokenType == JsonTokenType.Null ? false : throw new JsonException($"{what} was expected before byte {json.BytesConsumed}"));
}
