using System.Text.Json;
using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Engine.Devices;

/// <summary>Reads one CDI file. It is a driver's, so root's: trusted as to paths, checked as to form.</summary>
internal static class CdiFile
{
    private static readonly string[] Points = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"];

    public static JsonElement? Device(JsonElement root, string name)
    {
        foreach (JsonElement device in Items(root, "devices"))
        {
            if (Text(device, "name") == name)
            {
                return device;
            }
        }

        return null;
    }

    /// <summary>The qualified names of the file's devices.</summary>
    public static IEnumerable<string> Names(JsonElement root) =>
        Items(root, "devices").Select(d => $"{Text(root, "kind")}={Text(d, "name")}").ToList();

    /// <summary>The member <c>containerEdits</c> of a device, or of the whole file.</summary>
    public static CdiEdits Edits(JsonElement owner, string file)
    {
        if (!owner.TryGetProperty("containerEdits", out JsonElement edits))
        {
            return CdiEdits.None;
        }

        foreach (string member in (ReadOnlySpan<string>)["intelRdt", "netDevices"])
        {
            if (edits.TryGetProperty(member, out JsonElement value) && !(value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0))
            {
                throw WharfException.Unsupported($"CDI device injection failed: \"{member}\" in {file} is not supported by this engine");
            }
        }

        List<(LinuxDevice Node, LinuxDeviceRule? Rule)> nodes = [.. Items(edits, "deviceNodes").Select(n => Node(n, file))];
        return new CdiEdits
        {
            Environment = [.. Items(edits, "env").Select(e => e.GetString() ?? "")],
            Nodes = [.. nodes.Select(n => n.Node)],
            Rules = [.. nodes.Where(n => n.Rule is not null).Select(n => n.Rule!)],
            Mounts = [.. Items(edits, "mounts").Select(m => Mount(m, file))],
            Groups = [.. Items(edits, "additionalGids").Select(g => g.GetUInt32()).Where(g => g != 0)],
            Hooks = [.. Items(edits, "hooks").Select(h => Hook(h, file))],
        };
    }

    public static string Text(JsonElement element, string member) =>
        element.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    // Mode and owner that are not given are the runtime's and the container's user's to say, as everywhere where these files are read.
    private static (LinuxDevice Node, LinuxDeviceRule? Rule) Node(JsonElement node, string file)
    {
        string path = Required(node, "path", file), onHost = Text(node, "hostPath") is { Length: > 0 } given ? given : path;
        string type = Text(node, "type");
        long? major = Number(node, "major"), minor = Number(node, "minor");
        if (type.Length == 0 || (major is null or 0 && type != "p"))
        {
            string found = TypeOnHost(onHost, out FileStatus status)
                ?? throw WharfException.Invalid($"CDI device injection failed: failed to stat CDI host device \"{onHost}\": no such device");
            if (type.Length > 0 && type != found)
            {
                throw WharfException.Invalid($"CDI device injection failed: CDI device (\"{path}\", \"{onHost}\"), host type mismatch ({type}, {found})");
            }

            type = found;
            (major, minor) = (status.SpecialMajor, status.SpecialMinor);
        }

        var device = new LinuxDevice
        {
            Path = path,
            Type = type,
            Major = major ?? 0,
            Minor = minor ?? 0,
            FileMode = (uint?)Number(node, "fileMode"),
            Uid = (uint?)Number(node, "uid"),
            Gid = (uint?)Number(node, "gid"),
        };
        string access = Text(node, "permissions") is { Length: > 0 } permissions ? permissions : "rwm";
        return (device, type is "b" or "c" ? new LinuxDeviceRule { Allow = true, Type = type, Major = major, Minor = minor ?? 0, Access = access } : null);
    }

    private static string? TypeOnHost(string path, out FileStatus status) =>
        NameCalls.Status(FileCalls.CurrentDirectory, path, AtFlags.None, out status) != Errno.None ? null : status.Type switch
        {
            FileType.BlockDevice => "b",
            FileType.CharacterDevice => "c",
            FileType.Fifo => "p",
            _ => null,
        };

    private static (string Point, HookSpec Hook) Hook(JsonElement hook, string file)
    {
        string point = Required(hook, "hookName", file), path = Required(hook, "path", file);
        long? timeout = Number(hook, "timeout");
        return !Points.Contains(point) ? throw WharfException.Invalid($"CDI device injection failed: invalid hook name \"{point}\" in {file}")
            : !path.StartsWith('/') ? throw WharfException.Invalid($"CDI device injection failed: hook path \"{path}\" in {file} is not absolute")
            : timeout <= 0 ? throw WharfException.Invalid($"CDI device injection failed: timeout of hook {path} in {file} must be greater than zero")
            : (point, new HookSpec { Path = path, Args = Texts(hook, "args"), Env = Texts(hook, "env") ?? [], Timeout = (int?)timeout });
    }

    private static List<string>? Texts(JsonElement element, string member) =>
        Items(element, member).Any() ? [.. Items(element, member).Select(i => i.GetString() ?? "")] : null;

    private static MountSpec Mount(JsonElement mount, string file) => new()
    {
        Destination = Required(mount, "containerPath", file),
        Source = Required(mount, "hostPath", file),
        Type = Text(mount, "type") is { Length: > 0 } type ? type : "bind",
        Options = Texts(mount, "options") ?? ["rbind", "rprivate", "ro"],
    };

    private static string Required(JsonElement element, string member, string file) =>
        Text(element, member) is { Length: > 0 } text ? text : throw WharfException.Invalid($"CDI device injection failed: \"{member}\" is missing in {file}");

    private static long? Number(JsonElement element, string member) =>
        element.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;

    private static IEnumerable<JsonElement> Items(JsonElement element, string member) =>
        element.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];
}
