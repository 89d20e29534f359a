using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Builds.Outputs;

/// <summary>One <c>--output</c>: <c>type=…,attribute=value</c>, or short a folder, or <c>-</c> for a tar on standard output.</summary>
internal sealed record OutputSpec
{
    private static readonly Dictionary<string, string[]> Attributes = new(StringComparer.Ordinal)
    {
        ["image"] = ["name", "push", "push-by-digest", "name-canonical", "rewrite-timestamp", "load", "unpack", "store", .. OutputPacking.Attributes],
        ["registry"] = ["name", "push-by-digest", "name-canonical", "rewrite-timestamp", .. OutputPacking.Attributes],
        ["docker"] = ["dest", "name", "tar", "rewrite-timestamp", .. OutputPacking.Attributes],
        ["oci"] = ["dest", "name", "tar", "rewrite-timestamp", .. OutputPacking.Attributes],
        ["local"] = ["dest", "platform-split", "rewrite-timestamp", "attestation-prefix"],
        ["tar"] = ["dest", "rewrite-timestamp", "attestation-prefix"],
        ["cacheonly"] = [],
    };

    /// <summary>Attributes that mean something only where the image leaves the engine.</summary>
    private static readonly string[] ForLeaving = ["push-by-digest", "name-canonical", .. OutputPacking.Attributes];

    public required string Type { get; init; }

    /// <summary>Folder or file; empty for standard output or, with type=docker, the engine's own store.</summary>
    public string Destination { get; init; } = "";

    public bool HasDestination { get; init; }

    public IReadOnlyList<string> Names { get; init; } = [];

    public bool Push { get; init; }

    /// <summary>The registry gets the image without a tag, and the engine no name for it.</summary>
    public bool ByDigest { get; init; }

    public OutputPacking Packing { get; init; } = new();

    /// <summary><c>annotation…</c> attributes by their whole names.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Annotations { get; init; } = [];

    /// <summary>What the names of files with attestations begin with, in outputs of files.</summary>
    public string AttestationPrefix { get; init; } = "";

    /// <summary>False for a folder instead of an archive.</summary>
    public bool IsArchive { get; init; } = true;

    public bool SplitsPlatforms { get; init; }

    public bool RewritesTimestamps { get; init; }

    /// <summary>The result stays in the engine under its names. That of an archive does too: it is by its names that it is written.</summary>
    public bool KeepsImage => Type is "image" or "registry" or "docker" or "oci";

    /// <exception cref="CommandException">An unknown type, attribute or value, by its name.</exception>
    public static OutputSpec Parse(string text)
    {
        if (text == "-")
        {
            return new OutputSpec { Type = "tar" };
        }

        List<string> fields = Split(text);
        if (fields.Count == 1 && !fields[0].Contains('='))
        {
            return new OutputSpec { Type = "local", Destination = text, HasDestination = true };
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string field in fields)
        {
            int equals = field.IndexOf('=');
            string key = equals < 0 ? throw new CommandException($"invalid value {field}: expected key=value in --output {text}") : field[..equals].Trim();
            values[IsAnnotation(key) ? key : key.ToLowerInvariant()] = field[(equals + 1)..];
        }

        string type = values.GetValueOrDefault("type") ?? throw new CommandException($"type is required for output: {text}");
        string[] allowed = Attributes.GetValueOrDefault(type)
            ?? throw new CommandException($"unsupported output type \"{type}\": use {string.Join(", ", Attributes.Keys)}");
        foreach (string name in values.Keys.Where(k => k != "type" && !allowed.Contains(k) && !(IsAnnotation(k) && type is "image" or "registry" or "oci" or "docker")))
        {
            throw new CommandException($"output type={type} does not support the attribute \"{name}\"");
        }

        return Checked(text, new OutputSpec
        {
            Type = type,
            Destination = values.GetValueOrDefault("dest") is { } dest and not "-" ? dest : "",
            HasDestination = values.ContainsKey("dest"),
            Names = values.GetValueOrDefault("name") is { Length: > 0 } names ? names.Split(',') : [],
            Push = type == "registry" || Flag(values, "push", false),
            IsArchive = Flag(values, "tar", true),
            ByDigest = Flag(values, "push-by-digest", false),
            Packing = OutputPacking.From(values, name => Flag(values, name, false)),
            Annotations = [.. values.Where(v => IsAnnotation(v.Key))],
            AttestationPrefix = values.GetValueOrDefault("attestation-prefix") ?? "",
            SplitsPlatforms = Flag(values, "platform-split", false),
            RewritesTimestamps = Flag(values, "rewrite-timestamp", false),
        }, values);
    }

    private static OutputSpec Checked(string text, OutputSpec spec, Dictionary<string, string> values)
    {
        // The engine always unpacks and keeps what it builds; asking for less would have no effect.
        foreach (string always in new[] { "unpack", "store", "load" })
        {
            if (!Flag(values, always, true))
            {
                throw new CommandException($"output type={spec.Type} does not support {always}=false: the engine keeps what it builds; use type=cacheonly");
            }
        }

        // There is nothing else that these could be.
        if (!Flag(values, "name-canonical", true) || (spec.Type is "oci" or "docker" && !Flag(values, "oci-mediatypes", true)))
        {
            throw new CommandException($"output type={spec.Type} does not support {(spec.Type is "oci" or "docker" ? "oci-mediatypes" : "name-canonical")}=false");
        }

        bool leaves = spec.Push || spec.Type == "oci" || (spec.Type == "docker" && spec.HasDestination);
        if (!leaves && values.Keys.FirstOrDefault(ForLeaving.Contains) is { } idle)
        {
            throw new CommandException(spec.Type == "docker" ? $"{idle} needs a dest in --output {text}" : $"{idle} needs push=true in --output {text}: layers in the engine are not packed");
        }

        if (spec.ByDigest && (spec.Names.Count == 0 || spec.Names.Any(n => n[(n.LastIndexOf('/') + 1)..].Contains(':'))))
        {
            throw new CommandException(spec.Names.Count == 0 ? "push-by-digest needs a name" : "can't push tagged ref by digest: give a name without a tag");
        }

        return spec.Type == "local" && spec.Destination.Length == 0 ? throw new CommandException("dest is required for local output")
            : spec.Type == "oci" && !spec.IsArchive && spec.Destination.Length == 0 ? throw new CommandException($"dest is required for tar=false in --output {text}")
            : spec;
    }

    private static bool Flag(Dictionary<string, string> values, string name, bool otherwise) => !values.TryGetValue(name, out string? value) ? otherwise : value switch
    {
        "true" or "1" or "" => true,
        "false" or "0" => false,
        _ => throw new CommandException($"non-bool value for {name}: {value}"),
    };

    private static bool IsAnnotation(string key) => key.StartsWith("annotation", StringComparison.Ordinal) && key.Contains('.');

    private static List<string> Split(string text)
    {
        try
        {
            return CommaSeparated.Split(text);
        }
        catch (FormatException e)
        {
            throw new CommandException($"invalid output {text}: {e.Message}");
        }
    }
}
