using System.Text.Json;

namespace Wharf.Oci.Runtime;

// process
public static partial class RuntimeSpecReader
{
    private static ProcessSpec? ProcessSpec(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        bool? terminal = null;
        ConsoleSize? consoleSize = null;
        UserSpec? user = null;
        IReadOnlyList<string>? args = null;
        IReadOnlyList<string>? env = null;
        string? cwd = null;
        CapabilitySets? capabilities = null;
        IReadOnlyList<ResourceLimitSpec>? rlimits = null;
        bool? noNewPrivileges = null;
        string? apparmorProfile = null;
        string? selinuxLabel = null;
        int? oomScoreAdj = null;
        SchedulerSpec? scheduler = null;
        IoPrioritySpec? ioPriority = null;
        CpuAffinitySpec? execCpuAffinity = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "terminal"u8)) { terminal = JsonValues.Flag(ref json); }
            else if (JsonValues.IsMember(ref json, "consoleSize"u8)) { consoleSize = ConsoleSize(ref json); }
            else if (JsonValues.IsMember(ref json, "user"u8)) { user = UserSpec(ref json); }
            else if (JsonValues.IsMember(ref json, "args"u8)) { args = JsonValues.Texts(ref json); }
            else if (JsonValues.IsMember(ref json, "env"u8)) { env = JsonValues.Texts(ref json); }
            else if (JsonValues.IsMember(ref json, "cwd"u8)) { cwd = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "capabilities"u8)) { capabilities = CapabilitySets(ref json); }
            else if (JsonValues.IsMember(ref json, "rlimits"u8)) { rlimits = JsonValues.List(ref json, ResourceLimitSpec); }
            else if (JsonValues.IsMember(ref json, "noNewPrivileges"u8)) { noNewPrivileges = JsonValues.Flag(ref json); }
            else if (JsonValues.IsMember(ref json, "apparmorProfile"u8)) { apparmorProfile = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "selinuxLabel"u8)) { selinuxLabel = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "oomScoreAdj"u8)) { oomScoreAdj = JsonValues.Int32(ref json); }
            else if (JsonValues.IsMember(ref json, "scheduler"u8)) { scheduler = SchedulerSpec(ref json); }
            else if (JsonValues.IsMember(ref json, "ioPriority"u8)) { ioPriority = IoPrioritySpec(ref json); }
            else if (JsonValues.IsMember(ref json, "execCPUAffinity"u8)) { execCpuAffinity = CpuAffinitySpec(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new ProcessSpec
        {
            Terminal = terminal ?? default,
            ConsoleSize = consoleSize,
            User = user,
            Args = args,
            Env = env,
            Cwd = cwd ?? throw JsonValues.Missing("ProcessSpec", "cwd"),
            Capabilities = capabilities,
            Rlimits = rlimits,
            NoNewPrivileges = noNewPrivileges ?? default,
            ApparmorProfile = apparmorProfile,
            SelinuxLabel = selinuxLabel,
            OomScoreAdj = oomScoreAdj,
            Scheduler = scheduler,
            IoPriority = ioPriority,
            ExecCpuAffinity = execCpuAffinity,
        };
    }

    private static ConsoleSize? ConsoleSize(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        ulong? height = null;
        ulong? width = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "height"u8)) { height = JsonValues.UInt64(ref json); }
            else if (JsonValues.IsMember(ref json, "width"u8)) { width = JsonValues.UInt64(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new ConsoleSize
        {
            Height = height ?? default,
            Width = width ?? default,
        };
    }

    private static UserSpec? UserSpec(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        uint? uid = null;
        uint? gid = null;
        uint? umask = null;
        IReadOnlyList<uint>? additionalGids = null;
        string? username = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "uid"u8)) { uid = JsonValues.UInt32(ref json); }
            else if (JsonValues.IsMember(ref json, "gid"u8)) { gid = JsonValues.UInt32(ref json); }
            else if (JsonValues.IsMember(ref json, "umask"u8)) { umask = JsonValues.UInt32(ref json); }
            else if (JsonValues.IsMember(ref json, "additionalGids"u8)) { additionalGids = JsonValues.Numbers(ref json); }
            else if (JsonValues.IsMember(ref json, "username"u8)) { username = JsonValues.Text(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new UserSpec
        {
            Uid = uid ?? default,
            Gid = gid ?? default,
            Umask = umask,
            AdditionalGids = additionalGids,
            Username = username,
        };
    }

    private static CapabilitySets? CapabilitySets(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        IReadOnlyList<string>? bounding = null;
        IReadOnlyList<string>? effective = null;
        IReadOnlyList<string>? inheritable = null;
        IReadOnlyList<string>? permitted = null;
        IReadOnlyList<string>? ambient = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "bounding"u8)) { bounding = JsonValues.Texts(ref json); }
            else if (JsonValues.IsMember(ref json, "effective"u8)) { effective = JsonValues.Texts(ref json); }
            else if (JsonValues.IsMember(ref json, "inheritable"u8)) { inheritable = JsonValues.Texts(ref json); }
            else if (JsonValues.IsMember(ref json, "permitted"u8)) { permitted = JsonValues.Texts(ref json); }
            else if (JsonValues.IsMember(ref json, "ambient"u8)) { ambient = JsonValues.Texts(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new CapabilitySets
        {
            Bounding = bounding,
            Effective = effective,
            Inheritable = inheritable,
            Permitted = permitted,
            Ambient = ambient,
        };
    }

    private static ResourceLimitSpec? ResourceLimitSpec(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        string? type = null;
        ulong? hard = null;
        ulong? soft = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "type"u8)) { type = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "hard"u8)) { hard = JsonValues.UInt64(ref json); }
            else if (JsonValues.IsMember(ref json, "soft"u8)) { soft = JsonValues.UInt64(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new ResourceLimitSpec
        {
            Type = type ?? throw JsonValues.Missing("ResourceLimitSpec", "type"),
            Hard = hard ?? default,
            Soft = soft ?? default,
        };
    }

    private static SchedulerSpec? SchedulerSpec(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        string? policy = null;
        int? nice = null;
        int? priority = null;
        IReadOnlyList<string>? flags = null;
        ulong? runtime = null;
        ulong? deadline = null;
        ulong? period = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "policy"u8)) { policy = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "nice"u8)) { nice = JsonValues.Int32(ref json); }
            else if (JsonValues.IsMember(ref json, "priority"u8)) { priority = JsonValues.Int32(ref json); }
            else if (JsonValues.IsMember(ref json, "flags"u8)) { flags = JsonValues.Texts(ref json); }
            else if (JsonValues.IsMember(ref json, "runtime"u8)) { runtime = JsonValues.UInt64(ref json); }
            else if (JsonValues.IsMember(ref json, "deadline"u8)) { deadline = JsonValues.UInt64(ref json); }
            else if (JsonValues.IsMember(ref json, "period"u8)) { period = JsonValues.UInt64(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new SchedulerSpec
        {
            Policy = policy ?? throw JsonValues.Missing("SchedulerSpec", "policy"),
            Nice = nice,
            Priority = priority,
            Flags = flags,
            Runtime = runtime,
            Deadline = deadline,
            Period = period,
        };
    }

    private static IoPrioritySpec? IoPrioritySpec(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        string? @class = null;
        int? priority = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "class"u8)) { @class = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "priority"u8)) { priority = JsonValues.Int32(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new IoPrioritySpec
        {
            Class = @class ?? throw JsonValues.Missing("IoPrioritySpec", "class"),
            Priority = priority ?? default,
        };
    }

    private static CpuAffinitySpec? CpuAffinitySpec(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        string? initial = null;
        string? final = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "initial"u8)) { initial = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "final"u8)) { final = JsonValues.Text(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new CpuAffinitySpec
        {
            Initial = initial,
            Final = final,
        };
    }
}
