using Wharf.Engine.Containers;
using Wharf.Engine.Launch;
using Wharf.Oci.Runtime;
using Wharf.Runtime.Shims;

namespace Wharf.Engine.Execs;

/// <summary>What an exec asks for.</summary>
internal sealed record ExecWish
{
    public required IReadOnlyList<string> Arguments { get; init; }

    public bool Terminal { get; init; }

    public bool OpenStdin { get; init; }

    public bool Privileged { get; init; }

    /// <summary>Empty for the container's own user.</summary>
    public string User { get; init; } = "";

    public string WorkingDirectory { get; init; } = "";

    public IReadOnlyList<string> Environment { get; init; } = [];

    public ConsoleSize? Console { get; init; }
}

/// <summary>Makes the process of an exec: like the container's own, with what the exec says differently.</summary>
internal sealed class ExecProcess(EngineCore core, SpecBuilder specs)
{
    public ShimExec Build(string execId, ContainerRecord record, ExecWish wish)
    {
        string user = wish.User.Length > 0 ? wish.User : record.Config.User ?? "";
        ResolvedUser resolved = UserCache.ForExec(record.State.Pid, user, record.HostConfig.GroupAdd ?? []);
        IReadOnlyList<string> own = SpecBuilder.Capabilities(record.HostConfig), capabilities = wish.Privileged ? CapabilityList.Available : own;
        List<string> environment = ProcessEnvironment.Build(
            record.Config.Hostname ?? "",
            wish.Terminal,
            LinkEnvironment.Of(record, core.Containers),
            (record.Config.Env ?? []).Concat(wish.Environment),
            resolved.Home);
        return new ShimExec
        {
            ExecId = execId,
            OpenStdin = wish.OpenStdin,
            Seccomp = specs.Seccomp(record.HostConfig, own),
            Process = new ProcessSpec
            {
                Terminal = wish.Terminal,
                ConsoleSize = wish.Terminal ? wish.Console : null,
                Args = wish.Arguments,
                Cwd = wish.WorkingDirectory.Length > 0 ? wish.WorkingDirectory : string.IsNullOrEmpty(record.Config.WorkingDir) ? SpecBuilder.DefaultCwd : record.Config.WorkingDir,
                Env = environment,
                User = new UserSpec { Uid = resolved.Uid, Gid = resolved.Gid, AdditionalGids = resolved.Groups },
                Capabilities = SpecBuilder.Sets(capabilities),
                NoNewPrivileges = SecurityOptions.Parse(record.HostConfig.SecurityOpt, core.Options).NoNewPrivileges,
                Rlimits = ResourceLimits.Merge(record.HostConfig.Ulimits, core.Options.Ulimits),
                OomScoreAdj = (int)record.HostConfig.OomScoreAdj,
            },
        };
    }
}
