using System.Text.Json;

namespace Wharf.Oci.Runtime;

public static partial class RuntimeSpecReader
{
    public static ProcessSpec ProcessSpec(JsonElement json) => new()
    {
        Terminal = json.Flag("terminal") ?? false,
        ConsoleSize = json.Object("consoleSize", ConsoleSize),
        User = json.Object("user", UserSpec),
        Args = json.Texts("args"),
        Env = json.Texts("env"),
        Cwd = json.RequiredText("cwd"),
        Capabilities = json.Object("capabilities", CapabilitySets),
        Rlimits = json.List("rlimits", ResourceLimitSpec),
        NoNewPrivileges = json.Flag("noNewPrivileges") ?? false,
        ApparmorProfile = json.Text("apparmorProfile"),
        SelinuxLabel = json.Text("selinuxLabel"),
        OomScoreAdj = json.Int("oomScoreAdj"),
        Scheduler = json.Object("scheduler", SchedulerSpec),
        IoPriority = json.Object("ioPriority", IoPrioritySpec),
        ExecCpuAffinity = json.Object("execCPUAffinity", CpuAffinitySpec),
    };

    public static ConsoleSize ConsoleSize(JsonElement json) => new()
    {
        Height = json.ULong("height") ?? 0,
        Width = json.ULong("width") ?? 0,
    };

    public static UserSpec UserSpec(JsonElement json) => new()
    {
        Uid = json.UInt("uid") ?? 0,
        Gid = json.UInt("gid") ?? 0,
        Umask = json.UInt("umask"),
        AdditionalGids = json.Numbers("additionalGids"),
        Username = json.Text("username"),
    };

    public static CapabilitySets CapabilitySets(JsonElement json) => new()
    {
        Bounding = json.Texts("bounding"),
        Effective = json.Texts("effective"),
        Inheritable = json.Texts("inheritable"),
        Permitted = json.Texts("permitted"),
        Ambient = json.Texts("ambient"),
    };

    public static ResourceLimitSpec ResourceLimitSpec(JsonElement json) => new()
    {
        Type = json.RequiredText("type"),
        Hard = json.ULong("hard") ?? 0,
        Soft = json.ULong("soft") ?? 0,
    };

    public static SchedulerSpec SchedulerSpec(JsonElement json) => new()
    {
        Policy = json.RequiredText("policy"),
        Nice = json.Int("nice"),
        Priority = json.Int("priority"),
        Flags = json.Texts("flags"),
        Runtime = json.ULong("runtime"),
        Deadline = json.ULong("deadline"),
        Period = json.ULong("period"),
    };

    public static IoPrioritySpec IoPrioritySpec(JsonElement json) => new()
    {
        Class = json.RequiredText("class"),
        Priority = json.Int("priority") ?? 0,
    };

    public static CpuAffinitySpec CpuAffinitySpec(JsonElement json) => new()
    {
        Initial = json.Text("initial"),
        Final = json.Text("final"),
    };
}
