using System.Text.Json;
using Wharf.Primitives;

namespace Wharf.Daemon.Options;

/// <summary>daemon.json: the same options under other names. Unknown keys and keys that a flag gave too are errors that name them.</summary>
internal static class ConfigFile
{
    public const string DefaultPath = "/etc/docker/daemon.json";

    // An object that only groups options.
    private const string Proxies = "proxies";

    /// <summary>Adds the file's options to those of the flags.</summary>
    public static void Merge(OptionValues flags)
    {
        string? given = flags.Text("config-file");
        string path = given ?? DefaultPath;
        if (given is null && !File.Exists(path))
        {
            return;
        }

        try
        {
            Add(Read(path), flags);
        }
        catch (Exception error) when (error is WharfException or JsonException or IOException or UnauthorizedAccessException
            or KeyNotFoundException or InvalidOperationException)
        {
            string reason = error switch
            {
                FileNotFoundException or DirectoryNotFoundException => $"open {path}: no such file or directory",
                JsonException json => $"line {json.LineNumber + 1}, column {json.BytePositionInLine + 1}: {JsonMistake.Of(json)}",
                _ => error.Message,
            };
            throw WharfException.Invalid($"unable to configure the Docker daemon with file {path}: {reason}", error);
        }
    }

    private static void Add(OptionValues file, OptionValues flags)
    {
        List<string> both = [.. file.Names.Where(flags.Has)];
        if (both.Count > 0)
        {
            string list = string.Join(", ", both.Select(name =>
                $"{OptionTable.Find(name)!.Key}: (from flag: {Show(name, flags)}, from file: {Show(name, file)})"));
            throw WharfException.Invalid($"the following directives are specified both as a flag and in the configuration file: {list}");
        }

        foreach (string name in file.Names)
        {
            OptionSpec spec = OptionTable.Find(name)!;
            flags.Touch(spec);
            foreach (string value in file.List(name))
            {
                flags.Set(spec, value);
            }
        }
    }

    public static OptionValues Read(string path)
    {
        byte[] content = File.ReadAllBytes(path);
        if (content.AsSpan().TrimStart(" \t\r\n"u8).IsEmpty)
        {
            // As in Docker: "--config-file /dev/null" is how scripts ask for no file at all.
            return new OptionValues();
        }

        using JsonDocument document = JsonDocument.Parse(content);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw WharfException.Invalid("the file must hold a JSON object");
        }

        var values = new OptionValues();
        var unknown = new List<string>();
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            if (property.Name == Proxies)
            {
                foreach (JsonProperty proxy in property.Value.EnumerateObject())
                {
                    Take(proxy, values, unknown);
                }
            }
            else
            {
                Take(property, values, unknown);
            }
        }

        return unknown.Count == 0
            ? values
            : throw WharfException.Invalid($"the following directives don't match any configuration option: {string.Join(", ", unknown)}");
    }

    private static void Take(JsonProperty property, OptionValues values, List<string> unknown)
    {
        if (OptionTable.FindKey(property.Name) is not OptionSpec spec)
        {
            if (OptionTable.Unsupported.Contains(property.Name))
            {
                throw WharfException.Unsupported($"{property.Name} is not supported by this engine");
            }

            unknown.Add(property.Name);
            return;
        }

        values.Touch(spec);
        foreach (string value in ConfigValue.Texts(spec, property.Value))
        {
            values.Set(spec, value);
        }
    }

    private static string Show(string name, OptionValues values) =>
        OptionTable.Find(name)!.Kind is OptionKind.List or OptionKind.Map ? $"[{string.Join(' ', values.List(name))}]"
        : name is "http-proxy" or "https-proxy" ? ProxyAddress.Masked(values.Text(name))
        : values.Text(name) ?? string.Empty;
}
