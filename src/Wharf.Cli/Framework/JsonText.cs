using System.Text.Json;

namespace Wharf.Cli.Framework;

/// <summary>Members of JSON answers that are only shown: absent, null and of another kind are all the empty value.</summary>
internal static class JsonText
{
    public static string Text(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";

    public static long Number(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Number } value ? value.TryGetInt64(out long number) ? number : (long)value.GetDouble() : 0;

    public static double Real(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : 0;

    public static bool Flag(this JsonElement element, string name) => element.Member(name) is { ValueKind: JsonValueKind.True };

    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];

    public static IEnumerable<string> Texts(this JsonElement element, string name) =>
        element.Items(name).Where(e => e.ValueKind == JsonValueKind.String).Select(e => e.GetString()!);

    public static IEnumerable<JsonProperty> Properties(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Object } value ? value.EnumerateObject() : [];

    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : null;

    public static Dictionary<string, string> Map(this JsonElement element, string name) =>
        element.Properties(name).Where(p => p.Value.ValueKind == JsonValueKind.String).ToDictionary(p => p.Name, p => p.Value.GetString()!);
}
