using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Seccomp;
using Wharf.Runtime.Security;

namespace Wharf.Runtime.Launch;

/// <summary>What a process of a container is given, besides its namespaces: the same for the first one and for execs.</summary>
internal sealed record ProcessSteps
{
    private const int SIG_SETMASK = 2, SignalSetSize = 8, PR_SET_NO_NEW_PRIVS = 38;
    private const int LiftedFrom = 64;
    private const uint DefaultUmask = 0b000_010_010;

    public required SyscallPlan Plan { get; init; }

    public required ProcessSpec Process { get; init; }

    public required StdioDescriptors Stdio { get; init; }

    public required int PreservedDescriptors { get; init; }

    public required bool HasUserNamespace { get; init; }

    public required SeccompProgram? Filter { get; init; }

    public required List<string> Warnings { get; init; }

    public required CapabilitySet Own { get; init; }

    private CapabilitySet Available => HasUserNamespace ? new CapabilitySet((1ul << (Capability.Last + 1)) - 1) : Own;

    /// <summary>The runtime ignores SIGPIPE, and what is ignored stays so across execve(2).</summary>
    public static void ResetSignals(SyscallPlan plan)
    {
        const int StructureSize = 32;
        plan.Add("rt_sigaction", "SIGPIPE", Call.rt_sigaction, Signal.Pipe, plan.Zeroed(StructureSize), 0, SignalSetSize);
    }

    /// <summary>Stdio from a terminal's slot, or from the descriptors given.</summary>
    public void ConnectStdio(PlanSlot? terminal)
    {
        if (terminal is { } tty)
        {
            const int TIOCSCTTY = 0x540E;
            Plan.Add("ioctl", "TIOCSCTTY", Call.ioctl, tty, TIOCSCTTY, 0);
            for (int i = 0; i < 3; i++)
            {
                Plan.Add("dup3", "terminal", Call.dup3, tty, i, 0);
            }

            return;
        }

        int[] given = [Stdio.Input, Stdio.Output, Stdio.Error];
        for (int i = 0; i < given.Length; i++)
        {
            if (given[i] < 0)
            {
                FileCalls.Open("/dev/null", i == 0 ? OpenFlags.ReadOnly : OpenFlags.WriteOnly, out SafeFileHandle nothing).ThrowIfError("open", "/dev/null");
                given[i] = Plan.Keep(nothing);
            }
        }

        Place(given);
        for (int i = 0; i < given.Length; i++)
        {
            GiveToUser(i, given[i]);
        }
    }

    /// <summary>
    /// For a process that may wait long for its start: what our own caller left open to us is closed now and not by execve(2), or a pipe of the
    /// caller's would not end before the container has started.
    /// </summary>
    public void DropInherited()
    {
        DescriptorCalls.Inherited(3 + PreservedDescriptors, out List<int> numbers).ThrowIfError("read", "/proc/self/fd");
        foreach (int number in numbers)
        {
            Plan.Add("close", $"{number}", Call.close, number).Allow(Errno.EBADF);
        }
    }

    /// <summary>process.cwd, made where it is missing and <paramref name="make"/> allows. Not through links that lead out of every root: /proc/self/fd and the like.</summary>
    public void ChangeDirectory(PlanSlot root, bool make = true)
    {
        if (!Process.Cwd.StartsWith('/'))
        {
            throw WharfException.Invalid($"process.cwd \"{Process.Cwd}\" must be an absolute path");
        }

        PlanSlot directory = Plan.NewSlot();
        Plan.Context = $"chdir to cwd (\"{Process.Cwd}\") set in config.json failed";
        Plan.OpenInRoot("open", root, Process.Cwd, OpenFlags.Path | OpenFlags.Directory, make ? PlanMake.Directory : PlanMake.Nothing).Save(directory);
        Plan.Add("fchdir", null, Call.fchdir, directory);
        Plan.Context = null;
    }

    /// <summary>Everything that takes rights away, in the order in which each step may still be done.</summary>
    public void Confine()
    {
        SchedulingSteps.Set(Plan, Process);
        LimitPlan.Set(Plan, Process.Rlimits, Own.Has(Capability.SysResource) && !HasUserNamespace, Warnings);
        CapabilityPlan capabilities = CapabilityPlan.Of(Process.Capabilities, Available, Warnings);
        capabilities.DropBounding(Plan, Available);
        SetIds();
        Plan.Add("umask", null, Call.umask, Process.User?.Umask ?? DefaultUmask);
        Plan.Add("close_range", "close-on-exec", Call.close_range, 3 + PreservedDescriptors, uint.MaxValue, 4);
        Plan.Add("rt_sigprocmask", "none blocked", Call.rt_sigprocmask, SIG_SETMASK, Plan.Zeroed(SignalSetSize), 0, SignalSetSize);
        if (Process.NoNewPrivileges)
        {
            // a filter needs no privilege then, so it goes last and may forbid everything above
            capabilities.Apply(Plan);
            Plan.Add("prctl", "PR_SET_NO_NEW_PRIVS", Call.prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
            InstallFilter();
        }
        else
        {
            CapabilityPlan.RaiseAll(Plan, Available);
            InstallFilter();
            capabilities.Apply(Plan);
        }
    }

    private void InstallFilter() => Filter?.Install(Plan);

    private void SetIds()
    {
        uint uid = Process.User?.Uid ?? 0, gid = Process.User?.Gid ?? 0;
        uint[] groups = [.. Process.User?.AdditionalGids ?? []];
        PlanStep step = Plan.Add("setgroups", string.Join(',', groups), Call.setgroups, groups.Length,
            Plan.Bytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(groups.AsSpan())));
        if (HasUserNamespace && groups.Length == 0)
        {
            // denied where the maps were written without privilege; there is nothing to drop then that one could name
            step.Allow(Errno.EPERM);
        }

        Plan.Add("setresgid", $"{gid}", Call.setresgid, gid, gid, gid);
        Plan.Add("setresuid", $"{uid}", Call.setresuid, uid, uid, uid);
    }

    private void Place(int[] given)
    {
        const int F_DUPFD_CLOEXEC = 1030, F_SETFD = 2;
        // where one of 0 to 2 must become another, all go through high numbers, so that none is overwritten before it is used
        bool lift = (given[0] < 3 && given[0] != 0) || (given[1] < 3 && given[1] != 1) || (given[2] < 3 && given[2] != 2);
        var sources = new PlanArgument[given.Length];
        for (int i = 0; i < given.Length; i++)
        {
            sources[i] = given[i];
            if (lift)
            {
                PlanSlot lifted = Plan.NewSlot();
                Plan.Add("dup", $"{given[i]}", Call.fcntl, given[i], F_DUPFD_CLOEXEC, LiftedFrom).Save(lifted);
                sources[i] = lifted;
            }
        }

        for (int i = 0; i < given.Length; i++)
        {
            if (!lift && given[i] == i)
            {
                Plan.Add("fcntl", $"{i} stays", Call.fcntl, i, F_SETFD, 0);
            }
            else
            {
                Plan.Add("dup3", $"{i}", Call.dup3, sources[i], i, 0);
            }
        }
    }

    // So that a process that is not root can open /dev/stdout again. Not for /dev/null, which is everybody's.
    private void GiveToUser(int number, int source)
    {
        const uint NullMajor = 1, NullMinor = 3;
        uint uid = Process.User?.Uid ?? 0;
        bool isNull = NameCalls.Status(FileCalls.Borrow(source), out FileStatus status) == Errno.None
            && status.Type == FileType.CharacterDevice && status.SpecialMajor == NullMajor && status.SpecialMinor == NullMinor;
        if (!isNull && (uid != 0 || HasUserNamespace))
        {
            Plan.Add("fchown", $"{number}", Call.fchown, number, uid, -1).Allow(Errno.EPERM).Allow(Errno.EINVAL).Allow(Errno.EROFS);
        }
    }
}
