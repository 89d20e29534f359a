using System.Text.Json;
using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Engine.Devices;

/// <summary>Reads one CDI file. It is a driver's, so root's: trusted as to paths, checked as to form.</summary>
internal static class CdiFile
{
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

        foreach (string member in (ReadOnlySpan<string>)["hooks", "intelRdt", "netDevices"])
        {
            if (edits.TryGetProperty(member, out JsonElement value) && !(value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0))
            {
                throw WharfException.Unsupported($"CDI device injection failed: \"{member}\" in {file} is not supported by this engine");
            }
        }

        List<(LinuxDevice Node, LinuxDeviceRule Rule)> nodes = [.. Items(edits, "deviceNodes").Select(n => Node(n, file))];
        return new CdiEdits
        {
            Environment = [.. Items(edits, "env").Select(e => e.GetString() ?? "")],
            Nodes = [.. nodes.Select(n => n.Node)],
            Rules = [.. nodes.Select(n => n.Rule)],
            Mounts = [.. Items(edits, "mounts").Select(m => Mount(m, file))],
            Groups = [.. Items(edits, "additionalGids").Select(g => g.GetUInt32()).Where(g => g != 0)],
        };
    }

    public static string Text(JsonElement element, string member) =>
        element.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static (LinuxDevice Node, LinuxDeviceRule Rule) Node(JsonElement node, string file)
    {
        string path = Required(node, "path", file), onHost = Text(node, "hostPath") is { Length: > 0 } given ? given : path;
        string type = Text(node, "type");
        long? major = Number(node, "major"), minor = Number(node, "minor");
        uint? mode = (uint?)Number(node, "fileMode"), uid = (uint?)Number(node, "uid"), gid = (uint?)Number(node, "gid");
        if (type.Length == 0 || major is null)
        {
            if (NameCalls.Status(FileCalls.CurrentDirectory, onHost, AtFlags.None, out FileStatus status) != Errno.None || !status.IsDevice)
            {
                throw WharfException.Invalid($"CDI device injection failed: failed to stat CDI host device \"{onHost}\": no such device");
            }

            type = status.Type == FileType.BlockDevice ? "b" : "c";
            (major, minor) = (status.SpecialMajor, status.SpecialMinor);
            mode ??= status.Permissions;
            uid ??= status.UserId;
            gid ??= status.GroupId;
        }

        string access = Text(node, "permissions") is { Length: > 0 } permissions ? permissions : "rwm";
        return (
            new LinuxDevice { Path = path, Type = type, Major = major.Value, Minor = minor ?? 0, FileMode = mode, Uid = uid, Gid = gid },
            new LinuxDeviceRule { Allow = true, Type = type, Major = major, Minor = minor, Access = access });
    }

    private static MountSpec Mount(JsonElement mount, string file) => new()
    {
        Destination = Required(mount, "containerPath", file),
        Source = Required(mount, "hostPath", file),
        Type = Text(mount, "type") is { Length: > 0 } type ? type : "bind",
        Options = Items(mount, "options").Any() ? [.. Items(mount, "options").Select(o => o.GetString() ?? "")] : ["rbind", "rprivate", "ro"],
    };

    private static string Required(JsonElement element, string member, string file) =>
        Text(element, member) is { Length: > 0 } text ? text : throw WharfException.Invalid($"CDI device injection failed: \"{member}\" is missing in {file}");

    private static long? Number(JsonElement element, string member) =>
        element.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;

    private static IEnumerable<JsonElement> Items(JsonElement element, string member) =>
        element.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];
}
