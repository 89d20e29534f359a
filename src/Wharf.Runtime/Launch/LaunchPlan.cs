using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Oci.Runtime;
using Wharf.Runtime.Seccomp;

namespace Wharf.Runtime.Launch;

/// <summary>
/// A start, compiled: a flat block of native memory with one operation for nearly every system call the child will make, and the
/// descriptors those need. Made by <see cref="SpecCompiler"/> or <see cref="ExecCompiler"/>, run once by <see cref="Launcher"/>.
/// </summary>
public sealed class LaunchPlan : IDisposable
{
    internal LaunchPlan(SyscallPlan steps, ExecutableSteps executable, IReadOnlyList<string> warnings)
    {
        Steps = steps;
        Executable = executable;
        Warnings = warnings;
    }

    /// <summary>What was asked for and cannot be had on this machine.</summary>
    public IReadOnlyList<string> Warnings { get; }

    internal SyscallPlan Steps { get; }

    internal ExecutableSteps Executable { get; }

    /// <summary>Namespaces that clone makes.</summary>
    internal NamespaceKinds Namespaces { get; init; }

    /// <summary>A v2 cgroup to be born in.</summary>
    internal SafeFileHandle? Cgroup { get; init; }

    /// <summary>A pid namespace to be born in.</summary>
    internal SafeFileHandle? PidNamespace { get; init; }

    /// <summary>Where the terminal's master arrives.</summary>
    internal SafeFileHandle? ConsoleChannel { get; init; }

    /// <summary>Our own score of the out-of-memory killer, where the child changes it while it shares our memory.</summary>
    internal int? OwnScore { get; init; }

    /// <summary>Maps of a new user namespace, written by the parent.</summary>
    internal IReadOnlyList<IdMapping>? UidMappings { get; init; }

    internal IReadOnlyList<IdMapping>? GidMappings { get; init; }

    /// <summary>Who gets the filter's listener.</summary>
    internal SeccompAgent? Agent { get; init; }

    internal Action<int>? NamespacesReady { get; init; }

    internal Action<int>? RootfsReady { get; init; }

    /// <summary>The plan as text, one operation a line.</summary>
    public string Describe() => Steps.Describe();

    public void Dispose() => Steps.Dispose();
}

/// <summary>The places at which a child waits for its parent.</summary>
internal static class LaunchPoint
{
    /// <summary>Namespaces exist, nothing is mounted: id maps, prestart and createRuntime hooks.</summary>
    public const int NamespacesReady = 1;

    /// <summary>The root is complete but not entered: createContainer hooks.</summary>
    public const int RootfsReady = 2;

    /// <summary>The filter is installed, and its listener is told: the seccomp agent gets it.</summary>
    public const int FilterInstalled = 4;

    /// <summary>All is done but execve, which waits at the start gate. The child goes on to wait there by itself.</summary>
    public const int Created = 3;
}
