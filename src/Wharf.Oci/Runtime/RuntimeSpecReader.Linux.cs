using System.Text.Json;

namespace Wharf.Oci.Runtime;

public static partial class RuntimeSpecReader
{
    public static LinuxSpec LinuxSpec(JsonElement json) => new()
    {
        UidMappings = json.List("uidMappings", IdMapping),
        GidMappings = json.List("gidMappings", IdMapping),
        Sysctl = json.TextMap("sysctl"),
        Resources = json.Object("resources", LinuxResources),
        CgroupsPath = json.Text("cgroupsPath"),
        Namespaces = json.List("namespaces", LinuxNamespace),
        Devices = json.List("devices", LinuxDevice),
        NetDevices = json.Map("netDevices", LinuxNetDevice),
        Seccomp = json.Object("seccomp", LinuxSeccomp),
        RootfsPropagation = json.Text("rootfsPropagation"),
        MaskedPaths = json.Texts("maskedPaths"),
        ReadonlyPaths = json.Texts("readonlyPaths"),
        MountLabel = json.Text("mountLabel"),
        IntelRdt = json.Object("intelRdt", LinuxIntelRdt),
        MemoryPolicy = json.Object("memoryPolicy", LinuxMemoryPolicy),
        Personality = json.Object("personality", LinuxPersonality),
        TimeOffsets = json.Map("timeOffsets", LinuxTimeOffset),
    };

    public static LinuxNamespace LinuxNamespace(JsonElement json) => new()
    {
        Type = json.RequiredText("type"),
        Path = json.Text("path"),
    };

    public static LinuxDevice LinuxDevice(JsonElement json) => new()
    {
        Path = json.RequiredText("path"),
        Type = json.RequiredText("type"),
        Major = json.Long("major") ?? 0,
        Minor = json.Long("minor") ?? 0,
        FileMode = json.UInt("fileMode"),
        Uid = json.UInt("uid"),
        Gid = json.UInt("gid"),
    };

    public static LinuxNetDevice LinuxNetDevice(JsonElement json) => new()
    {
        Name = json.Text("name"),
    };

    public static LinuxIntelRdt LinuxIntelRdt(JsonElement json) => new()
    {
        ClosId = json.Text("closID"),
        Schemata = json.Texts("schemata"),
        L3CacheSchema = json.Text("l3CacheSchema"),
        MemBwSchema = json.Text("memBwSchema"),
        EnableMonitoring = json.Flag("enableMonitoring") ?? false,
    };

    public static LinuxMemoryPolicy LinuxMemoryPolicy(JsonElement json) => new()
    {
        Mode = json.Text("mode"),
        Nodes = json.Text("nodes"),
        Flags = json.Texts("flags"),
    };

    public static LinuxPersonality LinuxPersonality(JsonElement json) => new()
    {
        Domain = json.Text("domain"),
        Flags = json.Texts("flags"),
    };

    public static LinuxTimeOffset LinuxTimeOffset(JsonElement json) => new()
    {
        Secs = json.Long("secs") ?? 0,
        Nanosecs = json.UInt("nanosecs") ?? 0,
    };
}
