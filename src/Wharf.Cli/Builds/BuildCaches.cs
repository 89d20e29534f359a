using Wharf.Cli.Builds.Outputs;
using Wharf.Cli.Containers;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Cli.Builds;

/// <summary>
/// <c>--cache-from</c> and <c>--cache-to</c>. What is in registries the engine fetches and stores by itself; folders are here, and go along with the build
/// (<c>type=local</c>).
/// </summary>
internal sealed class BuildCaches
{
    private const string From = "cache-from", To = "cache-to";

    private static readonly Dictionary<string, string[]> FromAttributes = new(StringComparer.Ordinal) { ["registry"] = ["ref"], ["local"] = ["src", "tag", "digest"] };

    private static readonly Dictionary<string, string[]> ToAttributes = new(StringComparer.Ordinal)
    {
        ["inline"] = ["mode"],
        ["registry"] = ["ref", "mode", "image-manifest", "ignore-error", .. OutputPacking.Attributes],
        ["local"] = ["dest", "tag", "mode", "image-manifest", "ignore-error", .. OutputPacking.Attributes],
    };

    private readonly List<(string Id, string Folder, string? Tag, string? Digest)> _sent = [];
    private readonly List<(string Text, Dictionary<string, string> Values)> _kept = [];

    /// <summary>For the engine: names of images, and caches in the form of the flag.</summary>
    public List<string> Sources { get; } = [];

    /// <summary>For the engine, in the form of the flag.</summary>
    public List<string> Targets { get; } = [];

    /// <exception cref="CommandException">A kind of cache or an attribute that there is not, by its name.</exception>
    public static BuildCaches Read(Invocation call)
    {
        var caches = new BuildCaches();
        foreach (string text in call.List(From))
        {
            if (!text.Contains('='))
            {
                caches.Sources.AddRange(text.Split(',').Where(n => n.Length > 0));
                continue;
            }

            Dictionary<string, string> values = Parse(From, text, FromAttributes);
            if (values["type"] == "registry")
            {
                caches.Sources.Add($"type=registry,ref={Needed(From, text, values, "ref")}");
                continue;
            }

            string id = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));
            caches._sent.Add((id, Needed(From, text, values, "src"), values.GetValueOrDefault("tag"), values.GetValueOrDefault("digest")));
        }

        foreach (string text in call.List(To))
        {
            Dictionary<string, string> values = Parse(To, text.Contains('=') ? text : "type=registry,ref=" + text, ToAttributes);
            OutputPacking.From(values, name => Flag(To, text, values, name, false));
            string mode = values.GetValueOrDefault("mode") ?? "min";
            if (mode is not ("min" or "max"))
            {
                throw new CommandException($"--{To} {text}: unsupported mode=\"{mode}\": use min or max");
            }

            if (!Flag(To, text, values, "oci-mediatypes", true) || !Flag(To, text, values, "image-manifest", true))
            {
                throw new CommandException($"--{To} {text} is not supported: a cache is an OCI image manifest");
            }

            if (values["type"] == "local")
            {
                Needed(To, text, values, "dest");
                caches._kept.Add((text, values));
                continue;
            }

            if (values["type"] == "registry")
            {
                Needed(To, text, values, "ref");
            }
            else if (mode == "max")
            {
                throw new CommandException($"--{To} {text} is not supported: mode=max; the image holds the steps that led to it");
            }

            caches.Targets.Add(string.Join(',', values.Select(v => $"{v.Key}={v.Value}")));
        }

        return caches;
    }

    /// <summary>Sends folders that hold caches to the engine; one that cannot be had is no failure.</summary>
    public async Task SendAsync(CliContext cli, CancellationToken ct)
    {
        foreach ((string id, string folder, string? tag, string? digest) in _sent)
        {
            if (!File.Exists(Path.Combine(folder, "index.json")))
            {
                cli.Error.WriteLine($"WARN: the cache {folder} cannot be had: there is no index.json");
                continue;
            }

            try
            {
                byte[] index = LayoutFolder.Choose(folder, tag, digest);
                await cli.Client.CallAsync("PUT", "/build/cache" + new Query { { "id", id } }, RequestBody.Of(LayoutFolder.Pack(folder, index), "application/x-tar"), ct);
                Sources.Add($"type=upload,id={id}");
            }
            catch (Exception e) when (e is CommandException or WharfException { Kind: ErrorKind.InvalidArgument })
            {
                cli.Error.WriteLine($"WARN: the cache {folder} cannot be had: {e.Message}");
            }
        }
    }

    /// <summary>Writes the build's cache to folders.</summary>
    public async Task StoreAsync(CliContext cli, string buildId, CancellationToken ct)
    {
        foreach ((string text, Dictionary<string, string> values) in _kept)
        {
            try
            {
                var query = OutputPacking.From(values, name => Flag(To, text, values, name, false)).AddTo(new Query { { "buildid", buildId }, { "mode", values.GetValueOrDefault("mode") } });
                using EngineReply reply = await cli.Client.SendAsync("GET", "/build/cache" + query, null, ct);
                string folder = Path.GetFullPath(values["dest"]);
                Directory.CreateDirectory(folder);
                var before = LayoutFolder.TryRead(folder);
                await ArchiveExtractor.ExtractAsync(reply.Body, CopyTarget.Whole(folder), keepOwner: false, ct);
                LayoutFolder.Tag(folder, before, values.GetValueOrDefault("tag"));
            }
            catch (Exception e) when (e is WharfException or IOException && Flag(To, text, values, "ignore-error", false))
            {
                cli.Error.WriteLine($"WARN: the cache was not written to {values["dest"]}: {e.Message}");
            }
        }
    }

    private static Dictionary<string, string> Parse(string flag, string text, Dictionary<string, string[]> known)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string field in CommaSeparated.Split(text))
        {
            int equals = field.IndexOf('=');
            values[equals < 0 ? throw new CommandException($"invalid value {field}: expected key=value in --{flag} {text}") : field[..equals].Trim()] = field[(equals + 1)..];
        }

        string type = values.GetValueOrDefault("type") ?? throw new CommandException($"--{flag} {text} needs a type");
        string[] attributes = known.GetValueOrDefault(type) ?? throw new CommandException($"--{flag} {text} is not supported: type={type}; use {string.Join(", ", known.Keys.Select(k => "type=" + k))}");
        return values.Keys.FirstOrDefault(k => k != "type" && !attributes.Contains(k)) is { } unknown
            ? throw new CommandException($"--{flag} {text} is not supported: type={type} has no attribute {unknown}")
            : values;
    }

    private static string Needed(string flag, string text, Dictionary<string, string> values, string name) =>
        values.GetValueOrDefault(name) is { Length: > 0 } value ? value : throw new CommandException($"--{flag} {text} needs {name}=…");

    private static bool Flag(string flag, string text, Dictionary<string, string> values, string name, bool otherwise) => !values.TryGetValue(name, out string? value) ? otherwise : value switch
    {
        "true" or "1" => true,
        "false" or "0" => false,
        _ => throw new CommandException($"non-bool value for {name} in --{flag} {text}: {value}"),
    };
}
