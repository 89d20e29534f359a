using Wharf.Api.Containers;
using Wharf.Engine.Logs;
using Wharf.Primitives;

namespace Wharf.Engine;

/// <summary>The engine's settings, named after the daemon's flags.</summary>
public sealed record EngineOptions
{
    /// <summary>Containers live in <c>DATAROOT/containers/ID</c>, volumes in <c>DATAROOT/volumes/NAME/_data</c>.</summary>
    public required string DataRoot { get; init; }

    public required string ExecRoot { get; init; }

    /// <summary><c>--cgroup-parent</c>: containers' groups are <c>PARENT/ID</c>.</summary>
    public string CgroupParent { get; init; } = "/docker";

    /// <summary><c>--log-driver</c>.</summary>
    public string LogDriver { get; init; } = "json-file";

    /// <summary><c>--log-opt</c>: given to containers that use the default driver.</summary>
    public IReadOnlyDictionary<string, string> LogOptions { get; init; } = new Dictionary<string, string>();

    /// <summary><c>--default-shm-size</c>, bytes.</summary>
    public long ShmSize { get; init; } = 64L << 20;

    /// <summary><c>--init</c>: pid 1 of every container is our init unless it says otherwise.</summary>
    public bool Init { get; init; }

    /// <summary><c>--no-new-privileges</c>.</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary><c>--default-ipc-mode</c>: private or shareable.</summary>
    public string IpcMode { get; init; } = "private";

    /// <summary><c>--default-cgroupns-mode</c>: private or host; empty takes the kernel's habit (private on cgroup v2, host on v1).</summary>
    public string CgroupNamespaceMode { get; init; } = "";

    /// <summary><c>--default-ulimit</c>.</summary>
    public IReadOnlyList<HostConfigUlimits> Ulimits { get; init; } = [];

    /// <summary><c>--seccomp-profile</c>: JSON of another default profile; null for the built-in one, "unconfined" for none.</summary>
    public string? SeccompProfile { get; init; }

    /// <summary><c>--default-runtime</c>.</summary>
    public string DefaultRuntime { get; init; } = OwnRuntime;

    /// <summary><c>--add-runtime</c>: name to program and arguments.</summary>
    public IReadOnlyDictionary<string, RuntimeProgram> Runtimes { get; init; } = new Dictionary<string, RuntimeProgram>();

    /// <summary><c>--detach-keys</c> of clients that send none.</summary>
    public string DetachKeys { get; init; } = "ctrl-p,ctrl-q";

    /// <summary><c>--label</c>.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary><c>--live-restore</c>: containers run on when the daemon ends. False stops them with it.</summary>
    public bool LiveRestore { get; init; } = true;

    /// <summary><c>--cdi-spec-dir</c>: folders with the files that describe devices by name.</summary>
    public IReadOnlyList<string> CdiFolders { get; init; } = ["/etc/cdi", "/var/run/cdi"];

    /// <summary><c>--shutdown-timeout</c>, in seconds; used when the engine is asked to take its containers down with it. Negative: no limit.</summary>
    public int ShutdownTimeout { get; init; } = 15;

    /// <summary>The name of the built-in runtime; Docker's name for its own is understood too.</summary>
    public const string OwnRuntime = "wharf";

    internal bool KnowsRuntime(string name) => name is OwnRuntime or "runc" or "io.containerd.runc.v2" || Runtimes.ContainsKey(name);

    /// <exception cref="WharfException">InvalidArgument for defaults that no container could be made with, in Docker's words.</exception>
    public void Check()
    {
        if (!KnowsRuntime(DefaultRuntime))
        {
            throw WharfException.Invalid($"specified default runtime '{DefaultRuntime}' does not exist");
        }

        try
        {
            LogSettings.Check(new HostConfigLogConfig { Type = LogDriver, Config = LogOptions.ToDictionary() });
        }
        catch (WharfException e)
        {
            throw WharfException.Invalid("failed to set log opts: " + e.Message, e);
        }
    }
}

/// <summary>Another OCI runtime.</summary>
public sealed record RuntimeProgram(string Path, IReadOnlyList<string> Arguments);
