using System.Text.Json;
using System.Text.Json.Nodes;
using Wharf.Cli.Framework.Commands;
using Wharf.Primitives;

namespace Wharf.Cli.Framework.Configuration;

/// <summary>
/// The client's <c>config.json</c>. Members that this client does not know stay as they are when the file is written.
/// </summary>
internal sealed class ConfigFile
{
    private readonly JsonObject _root;

    private ConfigFile(string directory, JsonObject root)
    {
        Directory = directory;
        _root = root;
    }

    public string Directory { get; }

    public string FilePath => Path.Combine(Directory, "config.json");

    public string this[string member] => _root[member] is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    public static ConfigFile Load(string directory, Action<string> warn)
    {
        string path = Path.Combine(directory, "config.json");

        // Asked first: an exception that is caught costs a short command a twentieth of its time, and most machines have no such folder.
        if (!System.IO.Directory.Exists(directory))
        {
            return new ConfigFile(directory, []);
        }

        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new ConfigFile(directory, []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            warn($"WARNING: Error loading config file: open {path}: {e.Message}");
            return new ConfigFile(directory, []);
        }

        try
        {
            return new ConfigFile(directory, JsonNode.Parse(bytes)?.AsObject() ?? []);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            warn($"WARNING: Error parsing config file ({path}): {e.Message}");
            return new ConfigFile(directory, []);
        }
    }

    public IReadOnlyDictionary<string, string> Map(string member)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        if (_root[member] is JsonObject map)
        {
            foreach ((string key, JsonNode? value) in map)
            {
                if (value is JsonValue text && text.TryGetValue(out string? content))
                {
                    result[key] = content;
                }
            }
        }

        return result;
    }

    public IReadOnlyList<string> List(string member) =>
        _root[member] is JsonArray array ? [.. array.OfType<JsonValue>().Select(v => v.TryGetValue(out string? text) ? text : "").Where(t => t.Length > 0)] : [];

    public JsonObject? Object(string member) => _root[member] as JsonObject;

    /// <summary>The object of that name, made when it is not there.</summary>
    public JsonObject EnsureObject(string member)
    {
        if (_root[member] is JsonObject found)
        {
            return found;
        }

        var made = new JsonObject();
        _root[member] = made;
        return made;
    }

    public void Set(string member, string? value)
    {
        if (value is null)
        {
            _root.Remove(member);
        }
        else
        {
            _root[member] = value;
        }
    }

    /// <summary>Writes the file for its owner only, whole or not at all.</summary>
    public void Save()
    {
        try
        {
            System.IO.Directory.CreateDirectory(Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            string target = new FileInfo(FilePath) is { LinkTarget: not null } link ? link.ResolveLinkTarget(true)!.FullName : FilePath;
            using var memory = new MemoryStream();
            using (var writer = new Utf8JsonWriter(memory, new JsonWriterOptions { Indented = true, IndentCharacter = '\t', IndentSize = 1, Encoder = GoJsonEncoder.Instance }))
            {
                _root.WriteTo(writer);
            }

            AtomicFile.Write(target, memory.ToArray());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"Error saving credentials: {e.Message}");
        }
    }
}
