using System.Text.Json;
using Wharf.Oci.Runtime;

namespace Wharf.Runtime.Shims.Reading;

/// <summary>
/// Makes the records of a launch from JSON, member by member: what <see cref="ShimJson"/> writes, without the serializer, whose metadata and
/// reflection would be half of the shim's program and most of its memory. Unknown members are skipped. A test fills every member of every record and
/// compares the two, so that none can be forgotten here.
/// </summary>
/// <exception cref="Wharf.Primitives.WharfException">InvalidArgument, naming the member that is missing or of the wrong kind.</exception>
internal static partial class SpecReader
{
    public static RuntimeSpec RuntimeSpec(JsonElement json) => new()
    {
        OciVersion = json.Text("ociVersion") ?? Wharf.Oci.Runtime.RuntimeSpec.Version,
        Process = json.Object("process", ProcessSpec),
        Root = json.Object("root", RootSpec),
        Hostname = json.Text("hostname"),
        Domainname = json.Text("domainname"),
        Mounts = json.List("mounts", MountSpec),
        Hooks = json.Object("hooks", HooksSpec),
        Annotations = json.TextMap("annotations"),
        Linux = json.Object("linux", LinuxSpec),
    };

    public static RootSpec RootSpec(JsonElement json) => new()
    {
        Path = json.RequiredText("path"),
        Readonly = json.Flag("readonly") ?? false,
    };

    public static MountSpec MountSpec(JsonElement json) => new()
    {
        Destination = json.RequiredText("destination"),
        Type = json.Text("type"),
        Source = json.Text("source"),
        Options = json.Texts("options"),
        UidMappings = json.List("uidMappings", IdMapping),
        GidMappings = json.List("gidMappings", IdMapping),
    };

    public static IdMapping IdMapping(JsonElement json) => new()
    {
        ContainerId = json.UInt("containerID") ?? 0,
        HostId = json.UInt("hostID") ?? 0,
        Size = json.UInt("size") ?? 0,
    };

    public static HooksSpec HooksSpec(JsonElement json) => new()
    {
        Prestart = json.List("prestart", HookSpec),
        CreateRuntime = json.List("createRuntime", HookSpec),
        CreateContainer = json.List("createContainer", HookSpec),
        StartContainer = json.List("startContainer", HookSpec),
        Poststart = json.List("poststart", HookSpec),
        Poststop = json.List("poststop", HookSpec),
    };

    public static HookSpec HookSpec(JsonElement json) => new()
    {
        Path = json.RequiredText("path"),
        Args = json.Texts("args"),
        Env = json.Texts("env"),
        Timeout = json.Int("timeout"),
    };
}
