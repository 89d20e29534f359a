using System.Text.Json;
using Wharf.Primitives;

namespace Wharf.Daemon.Options;

/// <summary>A value of daemon.json written as its flag would be.</summary>
internal static class ConfigValue
{
    public static IEnumerable<string> Texts(OptionSpec spec, JsonElement value) => (spec.Kind, value.ValueKind) switch
    {
        (OptionKind.Flag, JsonValueKind.True or JsonValueKind.False) => [value.GetBoolean() ? "true" : "false"],
        (OptionKind.Number, JsonValueKind.Number) => [value.GetRawText()],
        (OptionKind.Text, JsonValueKind.String) => [value.GetString()!],
        (OptionKind.Text, JsonValueKind.Number) => [value.GetRawText()],
        (OptionKind.List, JsonValueKind.Array) => value.EnumerateArray().Select(item => Item(spec, item)),
        (OptionKind.List, JsonValueKind.Object) when spec.Name == "mirror" => value.EnumerateObject().SelectMany(Mirrors),
        (OptionKind.List, JsonValueKind.Object) when spec.Name == "default-network-opt" => value.EnumerateObject().SelectMany(DriverOptions),
        (OptionKind.List, JsonValueKind.Object) => value.EnumerateObject().Select(item => Limit(item.Value)),
        (OptionKind.Map, JsonValueKind.Object) => value.EnumerateObject().Select(item => $"{item.Name}={Entry(spec, item.Value)}"),
        _ => throw WharfException.Invalid($"{spec.Key}: a {value.ValueKind.ToString().ToLowerInvariant()} is not what it takes"),
    };

    private static string Item(OptionSpec spec, JsonElement item) => item.ValueKind switch
    {
        JsonValueKind.String => item.GetString()!,
        JsonValueKind.Object when spec.Name == "default-address-pool" =>
            $"base={item.GetProperty("base").GetString()},size={item.GetProperty("size").GetRawText()}",
        _ => throw WharfException.Invalid($"{spec.Key}: its list must hold strings"),
    };

    // "quay.io": "https://mirror" or "quay.io": ["https://first", "https://second"]
    private static IEnumerable<string> Mirrors(JsonProperty prefix) => prefix.Value.ValueKind switch
    {
        JsonValueKind.String => [$"{prefix.Name}={prefix.Value.GetString()}"],
        JsonValueKind.Array => prefix.Value.EnumerateArray().Select(url => $"{prefix.Name}={url.GetString()}"),
        _ => throw WharfException.Invalid($"mirrors: {prefix.Name} must be an address or a list of them"),
    };

    // "bridge": {"com.docker.network.driver.mtu": "1400"}
    private static IEnumerable<string> DriverOptions(JsonProperty driver) => driver.Value.ValueKind == JsonValueKind.Object
        ? driver.Value.EnumerateObject().Select(option => $"{driver.Name}={option.Name}={option.Value.GetString()}")
        : throw WharfException.Invalid($"default-network-opts: {driver.Name} must hold options of that driver");

    // "nofile": {"Name": "nofile", "Hard": 64000, "Soft": 64000}
    private static string Limit(JsonElement limit) =>
        $"{limit.GetProperty("Name").GetString()}={limit.GetProperty("Soft").GetRawText()}:{limit.GetProperty("Hard").GetRawText()}";

    private static string Entry(OptionSpec spec, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString()!;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False && spec.Name == "feature")
        {
            return value.GetBoolean() ? "true" : "false";
        }

        // "crun": {"path": "/usr/bin/crun", "runtimeArgs": ["--debug"]}
        if (value.ValueKind != JsonValueKind.Object || spec.Name != "add-runtime")
        {
            throw WharfException.Invalid($"{spec.Key}: its values must be strings");
        }

        var words = new List<string>();
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (property.Name == "path")
            {
                words.Insert(0, property.Value.GetString()!);
            }
            else if (property.Name == "runtimeArgs")
            {
                words.AddRange(property.Value.EnumerateArray().Select(argument => argument.GetString()!));
            }
            else
            {
                throw WharfException.Unsupported($"runtimes: {property.Name} is not supported by this engine");
            }
        }

        // A unit separator cannot be part of a path that anyone types; arguments may have spaces.
        return string.Join(RuntimeSeparator, words);
    }

    public const char RuntimeSeparator = '\u001f';
}
