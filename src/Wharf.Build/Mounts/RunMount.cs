using System.Globalization;
using Wharf.Build.Dockerfile;
using Wharf.Primitives;

namespace Wharf.Build.Mounts;

public enum RunMountType
{
    Bind = 0,
    Cache,
    Tmpfs,
    Secret,
    Ssh,
}

public enum CacheSharing
{
    Shared = 0,
    Private,
    Locked,
}

/// <summary>A parsed <c>RUN --mount</c>: Dockerfile reference, "RUN --mount".</summary>
public sealed record RunMount
{
    private static readonly Dictionary<RunMountType, string[]> Allowed = new()
    {
        [RunMountType.Bind] = ["target", "source", "from", "readwrite", "readonly"],
        [RunMountType.Cache] = ["id", "target", "readonly", "readwrite", "sharing", "from", "source", "mode", "uid", "gid"],
        [RunMountType.Tmpfs] = ["target", "size"],
        [RunMountType.Secret] = ["id", "target", "env", "required", "mode", "uid", "gid"],
        [RunMountType.Ssh] = ["id", "target", "required", "mode", "uid", "gid"],
    };

    private static readonly string[] TypeNames = ["bind", "cache", "tmpfs", "secret", "ssh"];

    public required RunMountType Type { get; init; }

    public string? Target { get; init; }

    public string Source { get; init; } = "";

    public string? From { get; init; }

    public string? Id { get; init; }

    public bool ReadOnly { get; init; }

    public CacheSharing Sharing { get; init; }

    public bool Required { get; init; }

    public string? EnvironmentVariable { get; init; }

    /// <summary>Bytes; 0 for no limit.</summary>
    public long Size { get; init; }

    public uint? Mode { get; init; }

    public uint UserId { get; init; }

    public uint GroupId { get; init; }

    /// <summary>Judges a mount whose variables have no values yet, as far as it can be.</summary>
    /// <exception cref="WharfException">InvalidArgument: as <see cref="Parse"/>; a variable where none is allowed.</exception>
    public static void Check(string text)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
        {
            Parse(text);
        }
        else if (Fields(text).Any(f => f.TrimStart().StartsWith("from=", StringComparison.OrdinalIgnoreCase) && f.Contains('$', StringComparison.Ordinal)))
        {
            throw WharfException.Invalid($"'from' doesn't support variable expansion, define alias stage instead: '{text}'");
        }
    }

    /// <exception cref="WharfException">InvalidArgument: unknown type or key, bad value, missing target.</exception>
    public static RunMount Parse(string text)
    {
        var pairs = Fields(text).Select(p => p.Split('=', 2)).Select(p => (Key: Canonical(p[0].Trim()), Value: p.Length > 1 ? p[1] : null)).ToList();
        string typeName = pairs.FirstOrDefault(p => p.Key == "type").Value ?? "bind";
        RunMountType type = typeName switch
        {
            "bind" => RunMountType.Bind,
            "cache" => RunMountType.Cache,
            "tmpfs" => RunMountType.Tmpfs,
            "secret" => RunMountType.Secret,
            "ssh" => RunMountType.Ssh,
            _ => throw WharfException.Invalid(
                $"unsupported mount type \"{typeName}\"{Nearness.Suggest(typeName, TypeNames)}: use bind, cache, tmpfs, secret or ssh"),
        };
        var mount = new RunMount { Type = type, ReadOnly = type is RunMountType.Bind };
        foreach ((string key, string? value) in pairs.Where(p => p.Key != "type"))
        {
            if (!Allowed[type].Contains(key))
            {
                throw WharfException.Invalid($"unexpected key '{key}' for mount type '{typeName}' in '{text}'{Nearness.Suggest(key, [.. Allowed[type], "type"])}");
            }

            mount = Apply(mount, key, value, text);
        }

        return mount.Target is null && type is RunMountType.Bind or RunMountType.Cache or RunMountType.Tmpfs
            ? throw WharfException.Invalid($"a target is missing in the mount '{text}'")
            : mount;
    }

    /// <summary>Comma-separated fields, of which one that holds a comma stands in double quotes (RFC 4180).</summary>
    private static IReadOnlyList<string> Fields(string text)
    {
        var fields = new List<string>();
        var field = new System.Text.StringBuilder();
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '"' && quoted && i + 1 < text.Length && text[i + 1] == '"')
            {
                field.Append(text[++i]);
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }

        fields.Add(quoted ? throw WharfException.Invalid($"the quotes are not closed in the mount '{text}'") : field.ToString());
        return fields;
    }

    private static string Canonical(string key) => key.ToLowerInvariant() switch
    {
        "dst" or "destination" => "target",
        "src" => "source",
        "ro" => "readonly",
        "rw" => "readwrite",
        string other => other,
    };

    private static RunMount Apply(RunMount mount, string key, string? value, string text)
    {
        string Needed() => value is { Length: > 0 } ? value : throw WharfException.Invalid($"the key '{key}' needs a value in the mount '{text}'");
        bool Flag() => value switch
        {
            null or "true" or "1" => true,
            "false" or "0" => false,
            _ => throw WharfException.Invalid($"invalid value for {key}: {value}"),
        };
        uint Number(int radix)
        {
            try
            {
                return Convert.ToUInt32(Needed(), radix);
            }
            catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
            {
                throw WharfException.Invalid($"invalid value {value} for {key} in the mount '{text}'", e);
            }
        }

        return key switch
        {
            "target" => mount with { Target = Needed() },
            "source" => mount with { Source = Needed() },
            "from" => mount with { From = Needed() },
            "id" => mount with { Id = Needed() },
            "readonly" => mount with { ReadOnly = Flag() },
            "readwrite" => mount with { ReadOnly = !Flag() },
            "required" => mount with { Required = Flag() },
            "env" => mount with { EnvironmentVariable = Needed() },
            "size" => mount with { Size = SizeOf(Needed(), text) },
            "mode" => mount with { Mode = Number(8) },
            "uid" => mount with { UserId = Number(10) },
            "gid" => mount with { GroupId = Number(10) },
            _ => mount with
            {
                Sharing = Needed() switch
                {
                    "shared" => CacheSharing.Shared,
                    "private" => CacheSharing.Private,
                    "locked" => CacheSharing.Locked,
                    _ => throw WharfException.Invalid($"unsupported sharing value \"{value}\": use shared, private or locked"),
                },
            },
        };
    }

    private static long SizeOf(string value, string text)
    {
        string number = value.TrimEnd('b', 'B');
        int shift = number.Length == 0 ? 0 : char.ToLowerInvariant(number[^1]) switch { 'k' => 10, 'm' => 20, 'g' => 30, _ => 0 };
        return long.TryParse(shift == 0 ? number : number[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long size)
            ? size << shift
            : throw WharfException.Invalid($"invalid size {value} in the mount '{text}'");
    }
}
