using Microsoft.Win32.SafeHandles;
using Wharf.Oci.Runtime;
using Wharf.Runtime.Cgroups;
using Wharf.Runtime.Seccomp;
using Wharf.Runtime.Shims;

namespace Wharf.Runtime.Launch;

/// <summary>
/// Our descriptor numbers that become 0, 1 and 2 of the process; -1 stands for /dev/null. They stay the caller's. Not looked at when
/// the process has a terminal.
/// </summary>
public readonly record struct StdioDescriptors(int Input, int Output, int Error)
{
    public static StdioDescriptors None => new(-1, -1, -1);

    public static StdioDescriptors Inherited => new(0, 1, 2);
}

/// <summary>All that <see cref="SpecCompiler"/> must know to start a container's first process.</summary>
public sealed record LaunchRequest
{
    public required string ContainerId { get; init; }

    public required RuntimeSpec Spec { get; init; }

    /// <summary>What relative paths of the specification (root, bind sources) are relative to.</summary>
    public string Bundle { get; init; } = "/";

    /// <summary>The root file system to mount in the container's own mount namespace; null when the specification's root path is ready.</summary>
    public RootfsMount? Rootfs { get; init; }

    public StdioDescriptors Stdio { get; init; } = StdioDescriptors.Inherited;

    /// <summary>The filter to install, where it was compiled before; null to compile the specification's.</summary>
    public SeccompProgram? Filter { get; init; }

    /// <summary>Where the process is placed, limits applied already; null leaves it in our own cgroup.</summary>
    public ContainerCgroup? Cgroup { get; init; }

    /// <summary>Run our init as pid 1: it reaps, forwards signals and ends with the status of the process it starts.</summary>
    public bool Init { get; init; }

    /// <summary>Descriptors 3 to 3+n-1 of ours that the process keeps.</summary>
    public int PreservedDescriptors { get; init; }

    /// <summary>
    /// The create/start split: everything is done but execve(2), which waits until a byte can be read from this descriptor. Null: no
    /// waiting. Opened by the caller so that another process can write the byte (a FIFO opened for reading and writing).
    /// </summary>
    public SafeFileHandle? StartGate { get; init; }

    /// <summary>Use MS_MOVE and chroot(2): for root file systems on a ramdisk, where pivot_root(2) fails.</summary>
    public bool NoPivot { get; init; }

    /// <summary>Keep the session keyring instead of making a new one.</summary>
    public bool NoNewKeyring { get; init; }

    /// <summary>Called with the pid when the namespaces exist and nothing is mounted yet: the place of prestart and createRuntime hooks.</summary>
    public Action<int>? NamespacesReady { get; init; }

    /// <summary>Called with the pid when the root is complete but not entered yet: the place of createContainer hooks.</summary>
    public Action<int>? RootfsReady { get; init; }
}

/// <summary>All that <see cref="ExecCompiler"/> must know to start one more process in a running container.</summary>
public sealed record ExecRequest
{
    /// <summary>The container's first process, as the host sees it.</summary>
    public required int ContainerPid { get; init; }

    /// <summary>A pid descriptor of that process.</summary>
    public required SafeFileHandle ContainerPidFd { get; init; }

    public required ProcessSpec Process { get; init; }

    /// <summary>The program, where the first argument is not its name.</summary>
    public string? Program { get; init; }

    /// <summary>The profile to compile and install; null for none.</summary>
    public LinuxSeccomp? Seccomp { get; init; }

    /// <summary>The filter to install, where it was compiled before; wins over <see cref="Seccomp"/>.</summary>
    public SeccompProgram? Filter { get; init; }

    public StdioDescriptors Stdio { get; init; } = StdioDescriptors.Inherited;

    public ContainerCgroup? Cgroup { get; init; }

    public int PreservedDescriptors { get; init; }

    /// <summary>The container as it is now, for the agent that a filter asks (SCMP_ACT_NOTIFY).</summary>
    public required Func<ContainerState> State { get; init; }
}
