using System.Runtime.CompilerServices;
using Wharf.Linux.Plans;
using Wharf.Oci.Runtime;
using Wharf.Runtime.Launch;

namespace Wharf.Runtime.Seccomp;

/// <summary>A profile as seccomp(2) takes it.</summary>
public sealed record SeccompProgram
{
    /// <summary>SECCOMP_FILTER_FLAG_NEW_LISTENER.</summary>
    internal const int NewListener = 8;

    private static readonly ConditionalWeakTable<LinuxSeccomp, SeccompProgram> Known = [];

    /// <summary>BPF, 8 bytes an instruction.</summary>
    public required byte[] Code { get; init; }

    /// <summary>SECCOMP_FILTER_FLAG_* bits.</summary>
    public int Flags { get; init; }

    private bool Notifies => (Flags & NewListener) != 0;

    /// <summary>
    /// The program of a profile that many containers share, compiled once for as long as the profile lives. Null when it needs more than a program (an agent),
    /// so that whoever starts the process must see the profile itself.
    /// </summary>
    /// <exception cref="Primitives.WharfException">InvalidArgument: as <see cref="SeccompCompiler.Compile"/>.</exception>
    public static SeccompProgram? Of(LinuxSeccomp profile) =>
        Known.GetValue(profile, SeccompCompiler.Compile) is { Notifies: false } program && string.IsNullOrEmpty(profile.ListenerPath) ? program : null;

    /// <summary>
    /// Adds the operation that installs the filter. With a listener the child waits until the parent has taken it, which would be closed by execve(2).
    /// </summary>
    internal void Install(SyscallPlan plan)
    {
        const int SetModeFilter = 1;
        nint descriptor = plan.Words((ulong)(Code.Length / 8), (ulong)plan.Bytes(Code));
        PlanStep install = plan.Add("seccomp", null, Call.seccomp, SetModeFilter, Flags, descriptor);
        if (Notifies)
        {
            PlanSlot listener = plan.NewSlot();
            install.Save(listener);
            plan.Meet("wait for the seccomp agent", LaunchPoint.FilterInstalled, listener);
            // a process that waits at a start gate must not keep its own listener: without an agent its calls would wait for ever
            plan.Add("close", "seccomp listener", Call.close, listener).IgnoreErrors();
        }
    }
}
