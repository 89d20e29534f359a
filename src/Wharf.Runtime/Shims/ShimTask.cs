using Wharf.Oci.Runtime;
using Wharf.Runtime.Seccomp;

namespace Wharf.Runtime.Shims;

/// <summary>All that a shim must know to start and to look after one container.</summary>
public sealed record ShimTask
{
    public required string ContainerId { get; init; }

    /// <summary>The OCI runtime specification; user names are resolved, the rootfs is <see cref="Rootfs"/> unless that is null.</summary>
    public required RuntimeSpec Spec { get; init; }

    /// <summary>The system call filter, where the daemon compiled it for many containers at once; it stands for the specification's profile then, which is left out.</summary>
    public SeccompProgram? Filter { get; init; }

    /// <summary>The root file system, mounted inside the container's own mount namespace only; null when the spec's root path is ready.</summary>
    public RootfsMount? Rootfs { get; init; }

    public bool OpenStdin { get; init; }

    /// <summary>Stdin closes when the first attached client that had it goes away.</summary>
    public bool StdinOnce { get; init; }

    public required ShimLog Log { get; init; }

    /// <summary>Path of another OCI runtime to use (crun, runc); null for our own.</summary>
    public string? RuntimePath { get; init; }

    public IReadOnlyList<string> RuntimeArguments { get; init; } = [];

    /// <summary>Directory for the bundle when another OCI runtime is used, or hooks read it.</summary>
    public string? BundlePath { get; init; }

    /// <summary>Run our init as pid 1, which forwards signals and reaps.</summary>
    public bool Init { get; init; }
}

/// <summary>An overlay (or plain bind) mount, by absolute host paths.</summary>
public sealed record RootfsMount
{
    /// <summary>"overlay", or "bind" when <see cref="Upper"/> alone is the root (vfs driver).</summary>
    public required string Type { get; init; }

    /// <summary>Lower directories, topmost first.</summary>
    public IReadOnlyList<string> Lower { get; init; } = [];

    public required string Upper { get; init; }

    public string? Work { get; init; }

    /// <summary>Overlay's "volatile": no sync on unmount; for containers whose files die with them.</summary>
    public bool Volatile { get; init; }

    public bool ReadOnly { get; init; }
}

/// <summary>Where the container's output goes besides attached clients.</summary>
public sealed record ShimLog
{
    /// <summary>"json-file", "local" or "none"; drivers that leave the host are the engine's business.</summary>
    public required string Driver { get; init; }

    /// <summary>The log file of json-file: DATAROOT/containers/ID/ID-json.log.</summary>
    public string? Path { get; init; }

    /// <summary>Rotation size in bytes; 0 for no rotation.</summary>
    public long MaxSize { get; init; }

    /// <summary>Files kept, the current one included.</summary>
    public int MaxFiles { get; init; } = 1;

    public bool Compress { get; init; }

    /// <summary>Bytes of entries that may wait for the disk before more are dropped, so that the container never waits; 0: output waits.</summary>
    public long MaxBuffer { get; init; }

    /// <summary>Extra attributes written with each line (labels, env, tag), as json-file's "attrs".</summary>
    public IReadOnlyDictionary<string, string>? Attributes { get; init; }
}

/// <summary>What a client attaches to.</summary>
/// <param name="ExecId">The exec, or null for the container itself.</param>
/// <param name="Tty">The stream is raw instead of framed.</param>
/// <param name="Outlet">Output waits until <see cref="ShimOutlet"/> has said where it goes.</param>
public sealed record ShimAttach(string? ExecId, bool Stdin, bool Stdout, bool Stderr, bool Tty, bool Outlet = false);

/// <summary>One more process in a running container.</summary>
public sealed record ShimExec
{
    public required string ExecId { get; init; }

    public required ProcessSpec Process { get; init; }

    public bool OpenStdin { get; init; }

    /// <summary>The seccomp profile to compile and install; null for none.</summary>
    public LinuxSeccomp? Seccomp { get; init; }

    /// <summary>The filter to install, where the daemon compiled it before; <see cref="Seccomp"/> is left out then.</summary>
    public SeccompProgram? Filter { get; init; }
}

/// <summary>
/// The answer to a launch. <see cref="Error"/> is null on success. Otherwise it is the runtime's sentence, and
/// <see cref="ExitCode"/> what Docker reports for it: 127 not found, 126 not executable, 128 anything else.
/// </summary>
public sealed record ShimLaunchResult(int Pid, DateTimeOffset StartedAt, string? Error = null, int ExitCode = 0, IReadOnlyList<string>? Warnings = null);

/// <summary>How a process ended: <see cref="ExitCode"/> is 128 + signal when a signal killed it.</summary>
public sealed record ShimExit(int ExitCode, bool OutOfMemory, DateTimeOffset FinishedAt);
