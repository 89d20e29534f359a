using System.Formats.Tar;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Wharf.EndToEnd.Tests.Builds.Differential;

/// <summary>An image out of an archive of <c>docker save</c>, as lines of text that two builders can be compared by: all but times and ids.</summary>
public sealed partial class SavedImage
{
    private static readonly string[] Compared =
    [
        "User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels", "OnBuild", "StopSignal", "StopTimeout", "Shell", "Healthcheck", "ArgsEscaped",
    ];

    private readonly IReadOnlyList<IReadOnlyList<Member>> _layers;

    private SavedImage(IReadOnlyList<string> config, IReadOnlyList<IReadOnlyList<Member>> layers)
    {
        Config = config;
        _layers = layers;
    }

    /// <summary>Configuration and history.</summary>
    public IReadOnlyList<string> Config { get; }

    /// <summary>The members of each layer, sorted.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Layers => [.. _layers.Select(l => l.Select(m => m.Line).Order(StringComparer.Ordinal).ToList())];

    /// <summary>What is left when all layers lie above each other, sorted.</summary>
    public IReadOnlyList<string> Files()
    {
        const string Whiteout = ".wh.", Opaque = ".wh..wh..opq";
        var files = new Dictionary<string, string>();
        foreach (var layer in _layers)
        {
            foreach (string name in layer.Select(m => m.Name).Where(n => Path.GetFileName(n).StartsWith(Whiteout, StringComparison.Ordinal)))
            {
                string folder = Path.GetDirectoryName(name)!, hidden = Path.GetFileName(name) == Opaque ? folder : Path.Combine(folder, Path.GetFileName(name)[Whiteout.Length..]);
                foreach (string gone in files.Keys.Where(f => f == hidden || f.StartsWith(hidden + "/", StringComparison.Ordinal)).ToList())
                {
                    files.Remove(gone);
                }
            }

            foreach (var member in layer.Where(m => !Path.GetFileName(m.Name).StartsWith(Whiteout, StringComparison.Ordinal)))
            {
                // What takes the place of a folder takes away what was in it.
                foreach (string gone in member.IsFolder ? [] : files.Keys.Where(f => f.StartsWith(member.Name + "/", StringComparison.Ordinal)).ToList())
                {
                    files.Remove(gone);
                }

                files[member.Name] = member.Line;
            }
        }

        return [.. files.Values.Order(StringComparer.Ordinal)];
    }

    public static SavedImage Read(string archive)
    {
        var files = new Dictionary<string, byte[]>();
        var links = new Dictionary<string, string>();
        using (var reader = new TarReader(File.OpenRead(archive)))
        {
            while (reader.GetNextEntry() is { } entry)
            {
                if (entry.DataStream is { } data)
                {
                    using var memory = new MemoryStream();
                    data.CopyTo(memory);
                    files[entry.Name] = memory.ToArray();
                }
                else if (entry.EntryType == TarEntryType.SymbolicLink)
                {
                    links[entry.Name] = Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/", Path.GetDirectoryName(entry.Name)!, entry.LinkName)));
                }
            }
        }

        // a layer that is in the archive twice, by whichever name comes first
        foreach ((string name, string target) in links)
        {
            files[name] = files[target];
        }

        using var manifest = JsonDocument.Parse(files["manifest.json"]);
        var image = manifest.RootElement[0];
        using var config = JsonDocument.Parse(files[image.GetProperty(nameof(Config)).GetString()!]);
        return new SavedImage(Describe(config.RootElement), [.. image.GetProperty(nameof(Layers)).EnumerateArray().Select(l => Members(files[l.GetString()!]))]);
    }

    private static List<string> Describe(JsonElement config)
    {
        var lines = new List<string>();
        foreach (string name in Compared)
        {
            if (config.GetProperty("config").TryGetProperty(name, out var value) && value.GetRawText() is not ("null" or "\"\"" or "[]" or "{}" or "false"))
            {
                lines.Add($"{name}: {Sorted(value)}");
            }
        }

        lines.AddRange(config.GetProperty("history").EnumerateArray().Select(h =>
            $"history: {Line(h.TryGetProperty("created_by", out var by) ? by.GetString()! : "")}{(h.TryGetProperty("empty_layer", out var empty) && empty.GetBoolean() ? " (no layer)" : "")}"
            + (h.TryGetProperty("author", out var author) ? $" by {author}" : "")));
        return lines;
    }

    // Docker 25 tells of HEALTHCHECK's --start-interval, 20.10 knows none; and it forgets a blank after --chown.
    private static string Line(string createdBy) =>
        ChownText().Replace(HexText().Replace(createdBy, "HASH"), "$1$2").Replace(" \"0s\" \"0s\" \"0s\" \"0s\" '", " \"0s\" \"0s\" \"0s\" '", StringComparison.Ordinal).Replace("\"1m0s\" \"0s\" '", "\"1m0s\" '", StringComparison.Ordinal);

    private static string Sorted(JsonElement value) => value.ValueKind == JsonValueKind.Object
        ? string.Join(' ', value.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => $"{p.Name}={p.Value.GetRawText()}"))
        : value.GetRawText();

    private static List<Member> Members(byte[] layer)
    {
        var members = new List<Member>();
        using var reader = new TarReader(new MemoryStream(layer));
        while (reader.GetNextEntry() is { } entry)
        {
            var line = new StringBuilder();
            line.Append(CultureInfo.InvariantCulture, $"{entry.Name.Trim('/')} {Kind(entry.EntryType)} {Convert.ToString((int)entry.Mode, 8)} {entry.Uid}:{entry.Gid}");
            if (entry is { EntryType: TarEntryType.HardLink or TarEntryType.SymbolicLink, LinkName: { Length: > 0 } link })
            {
                line.Append(" -> ").Append(link);
            }

            if (entry.DataStream is { } data)
            {
                line.Append(CultureInfo.InvariantCulture, $" {entry.Length} {Convert.ToHexStringLower(SHA256.HashData(data))[..12]}");
            }

            if (entry is PosixTarEntry { EntryType: TarEntryType.CharacterDevice or TarEntryType.BlockDevice } device)
            {
                line.Append(CultureInfo.InvariantCulture, $" {device.DeviceMajor}:{device.DeviceMinor}");
            }

            foreach ((string name, string value) in (entry as PaxTarEntry)?.ExtendedAttributes ?? new Dictionary<string, string>())
            {
                if (name.StartsWith("SCHILY.xattr.", StringComparison.Ordinal))
                {
                    line.Append(CultureInfo.InvariantCulture, $" {name[13..]}={Convert.ToHexStringLower(Encoding.UTF8.GetBytes(value))}");
                }
            }

            members.Add(new Member(entry.Name.Trim('/'), line.ToString(), entry.EntryType == TarEntryType.Directory));
        }

        return members;
    }

    private static string Kind(TarEntryType type) => type switch { TarEntryType.V7RegularFile => nameof(TarEntryType.RegularFile), _ => type.ToString() };

    private sealed record Member(string Name, string Line, bool IsFolder);

    [GeneratedRegex("(--chown=[^ ]+) (dir:|file:|multi:)")]
    private static partial Regex ChownText();

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex HexText();
}
