using System.Text.Json;

namespace Wharf.Oci.Runtime;

// the specification itself, root, mounts
public static partial class RuntimeSpecReader
{
    private static RuntimeSpec? RuntimeSpec(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        string? ociVersion = null;
        ProcessSpec? process = null;
        RootSpec? root = null;
        string? hostname = null;
        string? domainname = null;
        IReadOnlyList<MountSpec>? mounts = null;
        HooksSpec? hooks = null;
        IReadOnlyDictionary<string, string>? annotations = null;
        LinuxSpec? linux = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "ociVersion"u8)) { ociVersion = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "process"u8)) { process = ProcessSpec(ref json); }
            else if (JsonValues.IsMember(ref json, "root"u8)) { root = RootSpec(ref json); }
            else if (JsonValues.IsMember(ref json, "hostname"u8)) { hostname = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "domainname"u8)) { domainname = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "mounts"u8)) { mounts = JsonValues.List(ref json, MountSpec); }
            else if (JsonValues.IsMember(ref json, "hooks"u8)) { hooks = HooksSpec(ref json); }
            else if (JsonValues.IsMember(ref json, "annotations"u8)) { annotations = JsonValues.TextMap(ref json); }
            else if (JsonValues.IsMember(ref json, "linux"u8)) { linux = LinuxSpec(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new RuntimeSpec
        {
            OciVersion = ociVersion ?? "",
            Process = process,
            Root = root,
            Hostname = hostname,
            Domainname = domainname,
            Mounts = mounts,
            Hooks = hooks,
            Annotations = annotations,
            Linux = linux,
        };
    }

    private static RootSpec? RootSpec(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        string? path = null;
        bool? @readonly = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "path"u8)) { path = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "readonly"u8)) { @readonly = JsonValues.Flag(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new RootSpec
        {
            Path = path ?? throw JsonValues.Missing("RootSpec", "path"),
            Readonly = @readonly ?? default,
        };
    }

    private static MountSpec? MountSpec(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        string? destination = null;
        string? type = null;
        string? source = null;
        IReadOnlyList<string>? options = null;
        IReadOnlyList<IdMapping>? uidMappings = null;
        IReadOnlyList<IdMapping>? gidMappings = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "destination"u8)) { destination = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "type"u8)) { type = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "source"u8)) { source = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "options"u8)) { options = JsonValues.Texts(ref json); }
            else if (JsonValues.IsMember(ref json, "uidMappings"u8)) { uidMappings = JsonValues.List(ref json, IdMapping); }
            else if (JsonValues.IsMember(ref json, "gidMappings"u8)) { gidMappings = JsonValues.List(ref json, IdMapping); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new MountSpec
        {
            Destination = destination ?? throw JsonValues.Missing("MountSpec", "destination"),
            Type = type,
            Source = source,
            Options = options,
            UidMappings = uidMappings,
            GidMappings = gidMappings,
        };
    }

    private static IdMapping? IdMapping(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        uint? containerId = null;
        uint? hostId = null;
        uint? size = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "containerID"u8)) { containerId = JsonValues.UInt32(ref json); }
            else if (JsonValues.IsMember(ref json, "hostID"u8)) { hostId = JsonValues.UInt32(ref json); }
            else if (JsonValues.IsMember(ref json, "size"u8)) { size = JsonValues.UInt32(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new IdMapping
        {
            ContainerId = containerId ?? default,
            HostId = hostId ?? default,
            Size = size ?? default,
        };
    }
}
