using System.Text.Json;
using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Seccomp;

namespace Wharf.Runtime.Shims.Reading;

/// <summary>What <see cref="ShimJson"/> writes besides the specification, read as <see cref="RuntimeSpecReader"/> reads that.</summary>
internal static class TaskReader
{
    public static ShimTask ShimTask(JsonElement json) => new()
    {
        ContainerId = json.RequiredText("containerId"),
        Spec = RuntimeSpecReader.RuntimeSpec(json.Required("spec")),
        Filter = json.Object("filter", SeccompProgram),
        Rootfs = json.Object("rootfs", RootfsMount),
        OpenStdin = json.Flag("openStdin") ?? false,
        StdinOnce = json.Flag("stdinOnce") ?? false,
        Log = ShimLog(json.Required("log")),
        RuntimePath = json.Text("runtimePath"),
        RuntimeArguments = json.Texts("runtimeArguments") ?? [],
        BundlePath = json.Text("bundlePath"),
        Init = json.Flag("init") ?? false,
    };

    public static RootfsMount RootfsMount(JsonElement json) => new()
    {
        Type = json.RequiredText("type"),
        Lower = json.Texts("lower") ?? [],
        Upper = json.RequiredText("upper"),
        Work = json.Text("work"),
        Volatile = json.Flag("volatile") ?? false,
        ReadOnly = json.Flag("readOnly") ?? false,
    };

    public static ShimLog ShimLog(JsonElement json) => new()
    {
        Driver = json.RequiredText("driver"),
        Path = json.Text("path"),
        MaxSize = json.Long("maxSize") ?? 0,
        MaxFiles = json.Int("maxFiles") ?? 1,
        Compress = json.Flag("compress") ?? false,
        MaxBuffer = json.Long("maxBuffer") ?? 0,
        Attributes = json.TextMap("attributes"),
    };

    public static ShimExec ShimExec(JsonElement json) => new()
    {
        ExecId = json.RequiredText("execId"),
        Process = RuntimeSpecReader.ProcessSpec(json.Required("process")),
        OpenStdin = json.Flag("openStdin") ?? false,
        Seccomp = json.Object("seccomp", RuntimeSpecReader.LinuxSeccomp),
        Filter = json.Object("filter", SeccompProgram),
    };

    private static SeccompProgram SeccompProgram(JsonElement json) => new()
    {
        Code = json.Required("code").TryGetBytesFromBase64(out byte[]? code) ? code : throw WharfException.Invalid("\"code\" of a filter is not base64"),
        Flags = json.Int("flags") ?? 0,
    };
}
