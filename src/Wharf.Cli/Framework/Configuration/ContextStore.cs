using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Wharf.Cli.Framework.Commands;
using Wharf.Primitives;

namespace Wharf.Cli.Framework.Configuration;

/// <summary>A named engine, as kept below <c>contexts/</c> of the configuration directory.</summary>
internal sealed record NamedContext(string Name, string Description, string Host, bool SkipTlsVerify)
{
    /// <summary>Files below <c>tls/ID/docker</c>: name and content.</summary>
    public IReadOnlyDictionary<string, byte[]> TlsFiles { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>The metadata as it stood in the file.</summary>
    public JsonObject? Metadata { get; init; }
}

/// <summary>
/// Contexts on disk, in the layout of Docker's client: <c>meta/SHA256(name)/meta.json</c> and <c>tls/SHA256(name)/docker/*.pem</c>.
/// </summary>
internal sealed class ContextStore(string configDirectory)
{
    public const string DefaultName = "default";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private string Root => Path.Combine(configDirectory, "contexts");

    public string MetaDirectory(string name) => Path.Combine(Root, "meta", Id(name));

    public string TlsDirectory(string name) => Path.Combine(Root, "tls", Id(name));

    public IEnumerable<NamedContext> List()
    {
        string meta = Path.Combine(Root, "meta");
        if (!Directory.Exists(meta))
        {
            return [];
        }

        return Directory.EnumerateDirectories(meta).Select(d => Path.Combine(d, "meta.json")).Where(File.Exists)
            .Select(Read).OrderBy(c => c.Name, StringComparer.Ordinal);
    }

    /// <exception cref="CommandException">There is no such context.</exception>
    public NamedContext Get(string name)
    {
        string path = Path.Combine(MetaDirectory(name), "meta.json");
        return File.Exists(path) ? Read(path)
            : throw new CommandException($"context \"{name}\": context not found: open {path}: no such file or directory");
    }

    public bool Exists(string name) => File.Exists(Path.Combine(MetaDirectory(name), "meta.json"));

    public static void ValidateName(string name)
    {
        if (name.Length == 0)
        {
            throw new CommandException("context name cannot be empty");
        }

        if (name == DefaultName)
        {
            throw new CommandException("\"default\" is a reserved context name");
        }

        bool valid = char.IsAsciiLetterOrDigit(name[0]) && name.Length > 1
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '+' or '-');
        if (!valid)
        {
            throw new CommandException($"context name \"{name}\" is invalid, names are validated against regexp \"^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$\"");
        }
    }

    public void Save(NamedContext context)
    {
        string meta = MetaDirectory(context.Name);
        Directory.CreateDirectory(meta, Private | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        AtomicFile.Write(Path.Combine(meta, "meta.json"), Encoding.UTF8.GetBytes(ToJson(context)),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        string tls = TlsDirectory(context.Name);
        if (Directory.Exists(tls))
        {
            Directory.Delete(tls, recursive: true);
        }

        if (context.TlsFiles.Count == 0)
        {
            return;
        }

        string files = Path.Combine(tls, "docker");
        Directory.CreateDirectory(files, Private);
        foreach ((string name, byte[] content) in context.TlsFiles)
        {
            AtomicFile.Write(Path.Combine(files, name), content);
        }
    }

    public void Remove(string name)
    {
        Directory.Delete(MetaDirectory(name), recursive: true);
        if (Directory.Exists(TlsDirectory(name)))
        {
            Directory.Delete(TlsDirectory(name), recursive: true);
        }
    }

    public static string ToJson(NamedContext context)
    {
        JsonObject metadata = context.Metadata?.DeepClone().AsObject() ?? [];
        metadata.Remove("Description");
        if (context.Description.Length > 0)
        {
            metadata["Description"] = context.Description;
        }

        var root = new JsonObject
        {
            ["Name"] = context.Name,
            ["Metadata"] = metadata,
            ["Endpoints"] = new JsonObject
            {
                ["docker"] = new JsonObject { ["Host"] = context.Host, ["SkipTLSVerify"] = context.SkipTlsVerify },
            },
        };
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory, new JsonWriterOptions { Encoder = GoJsonEncoder.Instance }))
        {
            root.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(memory.ToArray());
    }

    public static NamedContext FromJson(byte[] json, string source)
    {
        try
        {
            JsonObject root = JsonNode.Parse(json)!.AsObject();
            JsonObject? metadata = root["Metadata"] as JsonObject;
            var endpoint = root["Endpoints"]?["docker"] as JsonObject;
            return new NamedContext(
                (string?)root["Name"] ?? "", (string?)metadata?["Description"] ?? "",
                (string?)endpoint?["Host"] ?? "", (bool?)endpoint?["SkipTLSVerify"] ?? false)
            {
                Metadata = metadata,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new CommandException($"parsing {source}: {e.Message}");
        }
    }

    private NamedContext Read(string path)
    {
        NamedContext context = FromJson(File.ReadAllBytes(path), path);
        string files = Path.Combine(TlsDirectory(context.Name), "docker");
        return Directory.Exists(files)
            ? context with { TlsFiles = Directory.EnumerateFiles(files).ToDictionary(f => Path.GetFileName(f)!, File.ReadAllBytes) }
            : context;
    }

    private static string Id(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
}
