using System.Text.Json;
using Wharf.Primitives;

namespace Wharf.Oci.Runtime;

/// <summary>
/// Makes the records of a launch from JSON, member by member: what <see cref="RuntimeJson"/> writes, without the serializer, whose metadata and
/// reflection would be half of a shim's program, most of its memory and most of its time. Member names are exact, unknown members are skipped,
/// null counts as absent. A test fills every member of every record and compares the two, so that none can be forgotten here.
/// </summary>
/// <exception cref="WharfException">InvalidArgument, naming the member that is missing or of the wrong kind.</exception>
public static partial class RuntimeSpecReader
{
    public static RuntimeSpec ReadSpec(ReadOnlyMemory<byte> json) => Read(json, RuntimeSpec);

    public static ProcessSpec ReadProcess(ReadOnlyMemory<byte> json) => Read(json, ProcessSpec);

    public static LinuxResources ReadResources(ReadOnlyMemory<byte> json) => Read(json, LinuxResources);

    /// <summary>Reads a document of any of these kinds, or one that has them as members.</summary>
    public static T Read<T>(ReadOnlyMemory<byte> json, Func<JsonElement, T> read)
    {
        using JsonDocument document = Parse(json);
        try
        {
            return read(document.RootElement);
        }
        catch (Exception damage) when (damage is InvalidOperationException or FormatException)
        {
            // a text that is not UTF-8 shows only when it is read
            throw WharfException.Invalid($"the JSON cannot be read: {damage.Message}", damage);
        }
    }

    public static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException damage)
        {
            throw WharfException.Invalid($"the JSON cannot be read: {damage.Message}", damage);
        }
    }

    public static RuntimeSpec RuntimeSpec(JsonElement json) => new()
    {
        OciVersion = json.Text("ociVersion") ?? Runtime.RuntimeSpec.Version,
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
