using System.Text.Json;
using Wharf.Primitives;

namespace Wharf.Oci.Runtime;

/// <summary>Members of a JSON object by name and kind: null for a member that is absent or null, an error that names one of the wrong kind.</summary>
public static class JsonMembers
{
    public static string? Text(this JsonElement json, string name) => Get(json, name) is { } member ? AsText(member, name) : null;

    public static string RequiredText(this JsonElement json, string name) => AsText(Required(json, name), name);

    public static bool? Flag(this JsonElement json, string name) => Get(json, name) is not { } member ? null : member.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(name, "a boolean"),
    };

    public static int? Int(this JsonElement json, string name) => Get(json, name) is not { } member ? null
        : member.ValueKind == JsonValueKind.Number && member.TryGetInt32(out int value) ? value : throw Wrong(name, "a 32-bit number");

    public static uint? UInt(this JsonElement json, string name) => Get(json, name) is not { } member ? null
        : member.ValueKind == JsonValueKind.Number && member.TryGetUInt32(out uint value) ? value : throw Wrong(name, "an unsigned 32-bit number");

    public static ushort? UShort(this JsonElement json, string name) => Get(json, name) is not { } member ? null
        : member.ValueKind == JsonValueKind.Number && member.TryGetUInt16(out ushort value) ? value : throw Wrong(name, "an unsigned 16-bit number");

    public static long? Long(this JsonElement json, string name) => Get(json, name) is not { } member ? null
        : member.ValueKind == JsonValueKind.Number && member.TryGetInt64(out long value) ? value : throw Wrong(name, "a 64-bit number");

    public static ulong? ULong(this JsonElement json, string name) => Get(json, name) is not { } member ? null
        : member.ValueKind == JsonValueKind.Number && member.TryGetUInt64(out ulong value) ? value : throw Wrong(name, "an unsigned 64-bit number");

    public static T? Object<T>(this JsonElement json, string name, Func<JsonElement, T> read)
        where T : class => Get(json, name) is { } member ? read(AsObject(member, name)) : null;

    public static JsonElement Required(this JsonElement json, string name) =>
        Get(json, name) ?? throw WharfException.Invalid($"the member \"{name}\" is missing");

    public static string[]? Texts(this JsonElement json, string name) => List(json, name, item => AsText(item, name));

    public static uint[]? Numbers(this JsonElement json, string name)
    {
        if (Get(json, name) is not { } member)
        {
            return null;
        }

        JsonElement list = AsArray(member, name);
        uint[] numbers = new uint[list.GetArrayLength()];
        int i = 0;
        foreach (JsonElement item in list.EnumerateArray())
        {
            numbers[i++] = item.ValueKind == JsonValueKind.Number && item.TryGetUInt32(out uint value) ? value : throw Wrong(name, "a list of unsigned 32-bit numbers");
        }

        return numbers;
    }

    public static T[]? List<T>(this JsonElement json, string name, Func<JsonElement, T> read)
        where T : class
    {
        if (Get(json, name) is not { } member)
        {
            return null;
        }

        JsonElement list = AsArray(member, name);
        var items = new T[list.GetArrayLength()];
        int i = 0;
        foreach (JsonElement item in list.EnumerateArray())
        {
            items[i++] = read(item);
        }

        return items;
    }

    public static Dictionary<string, string>? TextMap(this JsonElement json, string name) => Map(json, name, item => AsText(item, name));

    public static Dictionary<string, T>? Map<T>(this JsonElement json, string name, Func<JsonElement, T> read)
        where T : class
    {
        if (Get(json, name) is not { } member)
        {
            return null;
        }

        var map = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (JsonProperty entry in AsObject(member, name).EnumerateObject())
        {
            map[entry.Name] = read(entry.Value);
        }

        return map;
    }

    private static JsonElement? Get(JsonElement json, string name) => json.ValueKind != JsonValueKind.Object
        ? throw WharfException.Invalid($"an object with the member \"{name}\" is expected")
        : json.TryGetProperty(name, out JsonElement member) && member.ValueKind != JsonValueKind.Null ? member : null;

    private static string AsText(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.String ? json.GetString()! : throw Wrong(name, "a string");

    private static JsonElement AsObject(JsonElement json, string name) => json.ValueKind == JsonValueKind.Object ? json : throw Wrong(name, "an object");

    private static JsonElement AsArray(JsonElement json, string name) => json.ValueKind == JsonValueKind.Array ? json : throw Wrong(name, "a list");

    private static WharfException Wrong(string name, string kind) => WharfException.Invalid($"the member \"{name}\" must be {kind}");
}
