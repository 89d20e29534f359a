using System.Globalization;
using Wharf.Api.Containers;
using Wharf.Cli.Framework.Flags;
using Wharf.Primitives;

namespace Wharf.Cli.Containers.Creation;

/// <summary><c>--mount type=…,source=…,target=…</c> and its options.</summary>
internal static class MountSpec
{
    public static MountRequest Parse(string text)
    {
        List<string> fields = CommaSeparated.Split(text);
        if (fields.Count == 0)
        {
            throw new FormatException("value is empty");
        }

        var mount = new MountRequest { Type = "volume" };
        foreach (string field in fields)
        {
            int equals = field.IndexOf('=');
            string key = (equals < 0 ? field : field[..equals]).ToLowerInvariant();
            Apply(mount, key, equals < 0 ? null : field[(equals + 1)..], field);
        }

        Check(mount);
        return mount;
    }

    private static void Apply(MountRequest mount, string key, string? value, string field)
    {
        switch (key)
        {
            case "readonly" or "ro":
                mount.ReadOnly = Flag(value, key);
                return;
            case "volume-nocopy":
                Volume(mount).NoCopy = Flag(value, key);
                return;
            case "bind-nonrecursive":
                throw new FormatException("bind-nonrecursive is deprecated, use bind-recursive=disabled instead");
            case "bind-create-src" or "bind-create-mountpoint":
                Bind(mount).CreateMountpoint = Flag(value, key);
                return;
        }

        if (value is null)
        {
            throw new FormatException($"invalid field '{field}' must be a key=value pair");
        }

        switch (key)
        {
            case "type":
                mount.Type = value.ToLowerInvariant();
                break;
            case "source" or "src":
                mount.Source = value.StartsWith('.') && (value == "." || value[1..].StartsWith('/') || value.StartsWith("..", StringComparison.Ordinal))
                    ? Path.GetFullPath(value)
                    : value;
                break;
            case "target" or "dst" or "destination":
                mount.Target = value;
                break;
            case "consistency":
                mount.Consistency = value.ToLowerInvariant();
                break;
            case "bind-propagation":
                Bind(mount).Propagation = value.ToLowerInvariant();
                break;
            case "bind-recursive":
                ApplyRecursive(mount, value);
                break;
            case "volume-subpath":
                Volume(mount).Subpath = value;
                break;
            case "volume-label":
                Add(Volume(mount).Labels ??= [], value);
                break;
            case "volume-driver":
                Driver(mount).Name = value;
                break;
            case "volume-opt":
                Add(Driver(mount).Options ??= [], value);
                break;
            case "image-subpath":
                (mount.ImageOptions ??= new MountRequestImageOptions()).Subpath = value;
                break;
            case "tmpfs-size":
                Tmpfs(mount).SizeBytes = Size(value, key);
                break;
            case "tmpfs-mode":
                Tmpfs(mount).Mode = Octal(value, key);
                break;
            default:
                throw new FormatException($"unknown option '{key}' in '{field}'");
        }
    }

    private static void ApplyRecursive(MountRequest mount, string value)
    {
        switch (value)
        {
            case "enabled":
                break;
            case "disabled":
                Bind(mount).NonRecursive = true;
                break;
            case "writable":
                Bind(mount).ReadOnlyNonRecursive = true;
                break;
            case "readonly":
                Bind(mount).ReadOnlyForceRecursive = true;
                break;
            default:
                throw new FormatException($"invalid value for bind-recursive: {value} (must be \"enabled\", \"disabled\", \"writable\", or \"readonly\")");
        }
    }

    private static void Check(MountRequest mount)
    {
        if (mount.Type!.Length == 0)
        {
            throw new FormatException("type is required");
        }

        if (string.IsNullOrEmpty(mount.Target))
        {
            throw new FormatException("target is required");
        }

        Mixed(mount.VolumeOptions is not null && mount.Type != "volume", "volume", mount.Type);
        Mixed(mount.ImageOptions is not null && mount.Type != "image", "image", mount.Type);
        Mixed(mount.BindOptions is not null && mount.Type != "bind", "bind", mount.Type);
        Mixed(mount.TmpfsOptions is not null && mount.Type != "tmpfs", "tmpfs", mount.Type);
        if (mount.BindOptions is { ReadOnlyNonRecursive: true } && !mount.ReadOnly)
        {
            throw new FormatException("option 'bind-recursive=writable' requires 'readonly' to be specified in conjunction");
        }

        if (mount.BindOptions is { ReadOnlyForceRecursive: true } bind)
        {
            if (!mount.ReadOnly)
            {
                throw new FormatException("option 'bind-recursive=readonly' requires 'readonly' to be specified in conjunction");
            }

            if (bind.Propagation != "rprivate")
            {
                throw new FormatException("option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in conjunction");
            }
        }
    }

    private static void Mixed(bool mixed, string options, string type)
    {
        if (mixed)
        {
            throw new FormatException($"cannot mix '{options}-*' options with mount type '{type}'");
        }
    }

    private static bool Flag(string? value, string key) => value switch
    {
        null or "1" or "true" or "t" or "T" or "TRUE" or "True" => true,
        "0" or "false" or "f" or "F" or "FALSE" or "False" => false,
        _ => throw new FormatException($"invalid value for {key}: {value}"),
    };

    private static long Size(string value, string key)
    {
        try
        {
            return ByteSize.Parse(value);
        }
        catch (FormatException)
        {
            throw new FormatException($"invalid value for {key}: {value}");
        }
    }

    private static long Octal(string value, string key)
    {
        long mode = 0;
        foreach (char c in value)
        {
            mode = c is >= '0' and <= '7' && mode < 1L << 32 ? mode * 8 + (c - '0') : throw new FormatException($"invalid value for {key}: {value}");
        }

        return value.Length > 0 ? mode : throw new FormatException($"invalid value for {key}: {value}");
    }

    private static void Add(Dictionary<string, string> map, string pair)
    {
        int equals = pair.IndexOf('=');
        map[equals < 0 ? pair : pair[..equals]] = equals < 0 ? "" : pair[(equals + 1)..];
    }

    private static MountRequestBindOptions Bind(MountRequest mount) => mount.BindOptions ??= new MountRequestBindOptions();

    private static MountRequestVolumeOptions Volume(MountRequest mount) => mount.VolumeOptions ??= new MountRequestVolumeOptions();

    private static MountRequestTmpfsOptions Tmpfs(MountRequest mount) => mount.TmpfsOptions ??= new MountRequestTmpfsOptions();

    private static MountRequestVolumeOptionsDriverConfig Driver(MountRequest mount) =>
        Volume(mount).DriverConfig ??= new MountRequestVolumeOptionsDriverConfig();
}
