using System.Text.Json;

namespace Wharf.Oci.Runtime;

// linux
public static partial class RuntimeSpecReader
{
    private static LinuxSpec? LinuxSpec(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        IReadOnlyList<IdMapping>? uidMappings = null;
        IReadOnlyList<IdMapping>? gidMappings = null;
        IReadOnlyDictionary<string, string>? sysctl = null;
        LinuxResources? resources = null;
        string? cgroupsPath = null;
        IReadOnlyList<LinuxNamespace>? namespaces = null;
        IReadOnlyList<LinuxDevice>? devices = null;
        IReadOnlyDictionary<string, LinuxNetDevice>? netDevices = null;
        LinuxSeccomp? seccomp = null;
        string? rootfsPropagation = null;
        IReadOnlyList<string>? maskedPaths = null;
        IReadOnlyList<string>? readonlyPaths = null;
        string? mountLabel = null;
        LinuxIntelRdt? intelRdt = null;
        LinuxMemoryPolicy? memoryPolicy = null;
        LinuxPersonality? personality = null;
        IReadOnlyDictionary<string, LinuxTimeOffset>? timeOffsets = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "uidMappings"u8)) { uidMappings = JsonValues.List(ref json, IdMapping); }
            else if (JsonValues.IsMember(ref json, "gidMappings"u8)) { gidMappings = JsonValues.List(ref json, IdMapping); }
            else if (JsonValues.IsMember(ref json, "sysctl"u8)) { sysctl = JsonValues.TextMap(ref json); }
            else if (JsonValues.IsMember(ref json, "resources"u8)) { resources = LinuxResources(ref json); }
            else if (JsonValues.IsMember(ref json, "cgroupsPath"u8)) { cgroupsPath = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "namespaces"u8)) { namespaces = JsonValues.List(ref json, LinuxNamespace); }
            else if (JsonValues.IsMember(ref json, "devices"u8)) { devices = JsonValues.List(ref json, LinuxDevice); }
            else if (JsonValues.IsMember(ref json, "netDevices"u8)) { netDevices = JsonValues.Map(ref json, LinuxNetDevice); }
            else if (JsonValues.IsMember(ref json, "seccomp"u8)) { seccomp = LinuxSeccomp(ref json); }
            else if (JsonValues.IsMember(ref json, "rootfsPropagation"u8)) { rootfsPropagation = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "maskedPaths"u8)) { maskedPaths = JsonValues.Texts(ref json); }
            else if (JsonValues.IsMember(ref json, "readonlyPaths"u8)) { readonlyPaths = JsonValues.Texts(ref json); }
            else if (JsonValues.IsMember(ref json, "mountLabel"u8)) { mountLabel = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "intelRdt"u8)) { intelRdt = LinuxIntelRdt(ref json); }
            else if (JsonValues.IsMember(ref json, "memoryPolicy"u8)) { memoryPolicy = LinuxMemoryPolicy(ref json); }
            else if (JsonValues.IsMember(ref json, "personality"u8)) { personality = LinuxPersonality(ref json); }
            else if (JsonValues.IsMember(ref json, "timeOffsets"u8)) { timeOffsets = JsonValues.Map(ref json, LinuxTimeOffset); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxSpec
        {
            UidMappings = uidMappings,
            GidMappings = gidMappings,
            Sysctl = sysctl,
            Resources = resources,
            CgroupsPath = cgroupsPath,
            Namespaces = namespaces,
            Devices = devices,
            NetDevices = netDevices,
            Seccomp = seccomp,
            RootfsPropagation = rootfsPropagation,
            MaskedPaths = maskedPaths,
            ReadonlyPaths = readonlyPaths,
            MountLabel = mountLabel,
            IntelRdt = intelRdt,
            MemoryPolicy = memoryPolicy,
            Personality = personality,
            TimeOffsets = timeOffsets,
        };
    }

    private static LinuxNamespace? LinuxNamespace(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        string? type = null;
        string? path = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "type"u8)) { type = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "path"u8)) { path = JsonValues.Text(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxNamespace
        {
            Type = type ?? throw JsonValues.Missing("LinuxNamespace", "type"),
            Path = path,
        };
    }

    private static LinuxDevice? LinuxDevice(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        string? path = null;
        string? type = null;
        long? major = null;
        long? minor = null;
        uint? fileMode = null;
        uint? uid = null;
        uint? gid = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "path"u8)) { path = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "type"u8)) { type = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "major"u8)) { major = JsonValues.Int64(ref json); }
            else if (JsonValues.IsMember(ref json, "minor"u8)) { minor = JsonValues.Int64(ref json); }
            else if (JsonValues.IsMember(ref json, "fileMode"u8)) { fileMode = JsonValues.UInt32(ref json); }
            else if (JsonValues.IsMember(ref json, "uid"u8)) { uid = JsonValues.UInt32(ref json); }
            else if (JsonValues.IsMember(ref json, "gid"u8)) { gid = JsonValues.UInt32(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxDevice
        {
            Path = path ?? throw JsonValues.Missing("LinuxDevice", "path"),
            Type = type ?? throw JsonValues.Missing("LinuxDevice", "type"),
            Major = major ?? default,
            Minor = minor ?? default,
            FileMode = fileMode,
            Uid = uid,
            Gid = gid,
        };
    }

    private static LinuxNetDevice? LinuxNetDevice(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        string? name = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "name"u8)) { name = JsonValues.Text(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxNetDevice
        {
            Name = name,
        };
    }

    private static LinuxIntelRdt? LinuxIntelRdt(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        string? closId = null;
        IReadOnlyList<string>? schemata = null;
        string? l3CacheSchema = null;
        string? memBwSchema = null;
        bool? enableMonitoring = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "closID"u8)) { closId = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "schemata"u8)) { schemata = JsonValues.Texts(ref json); }
            else if (JsonValues.IsMember(ref json, "l3CacheSchema"u8)) { l3CacheSchema = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "memBwSchema"u8)) { memBwSchema = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "enableMonitoring"u8)) { enableMonitoring = JsonValues.Flag(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxIntelRdt
        {
            ClosId = closId,
            Schemata = schemata,
            L3CacheSchema = l3CacheSchema,
            MemBwSchema = memBwSchema,
            EnableMonitoring = enableMonitoring ?? default,
        };
    }

    private static LinuxMemoryPolicy? LinuxMemoryPolicy(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        string? mode = null;
        string? nodes = null;
        IReadOnlyList<string>? flags = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "mode"u8)) { mode = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "nodes"u8)) { nodes = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "flags"u8)) { flags = JsonValues.Texts(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxMemoryPolicy
        {
            Mode = mode,
            Nodes = nodes,
            Flags = flags,
        };
    }

    private static LinuxPersonality? LinuxPersonality(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        string? domain = null;
        IReadOnlyList<string>? flags = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "domain"u8)) { domain = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "flags"u8)) { flags = JsonValues.Texts(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxPersonality
        {
            Domain = domain,
            Flags = flags,
        };
    }

    private static LinuxTimeOffset? LinuxTimeOffset(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        long? secs = null;
        uint? nanosecs = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "secs"u8)) { secs = JsonValues.Int64(ref json); }
            else if (JsonValues.IsMember(ref json, "nanosecs"u8)) { nanosecs = JsonValues.UInt32(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxTimeOffset
        {
            Secs = secs ?? default,
            Nanosecs = nanosecs ?? default,
        };
    }
}
