using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux.Plans;

/// <summary>What the child has come to.</summary>
public enum PlanProgress
{
    /// <summary>It replaced itself by the program (or ended without a word, which the caller sees when it reaps).</summary>
    Executed,

    /// <summary>It waits at a rendezvous for <see cref="PlanRun.Continue"/>.</summary>
    Waiting,

    /// <summary>An operation failed; the child is ending.</summary>
    Failed,
}

/// <summary>A report of the child: for Waiting the point and the number it tells there, for Failed the operation and the error.</summary>
public readonly record struct PlanReport(PlanProgress Progress, int Place, Errno Errno, int Number = 0);

/// <summary>
/// A plan in execution. The child shares our memory (CLONE_VM: no page tables to copy, whatever our size) and runs on its own stack, while
/// we go on; CLONE_VFORK is not used, so that a collection of garbage here never waits for the child. The plan must stay until
/// <see cref="PlanProgress.Executed"/> or <see cref="PlanProgress.Failed"/> is reported and the child is reaped.
/// </summary>
public sealed unsafe class PlanRun : IDisposable
{
    private const int StackSize = 64 * 1024;

    private readonly PlanMemory _memory = new();
    private readonly SafeFileHandle _status;
    private readonly SafeFileHandle _resume;

    private PlanRun(SafeFileHandle status, SafeFileHandle resume)
    {
        _status = status;
        _resume = resume;
    }

    public int Pid { get; private set; }

    public SafeFileHandle PidFd { get; private set; } = new();

    /// <summary>Clones and lets the child run.</summary>
    /// <param name="plan">What it does.</param>
    /// <param name="namespaces">Namespaces to make.</param>
    /// <param name="cgroup">A v2 cgroup directory to be born in; null for ours.</param>
    /// <param name="pidNamespace">A pid namespace to be born in (a file of /proc/PID/ns or a pid descriptor); null for ours.</param>
    /// <exception cref="Wharf.Primitives.WharfException">The clone failed.</exception>
    public static PlanRun Start(SyscallPlan plan, NamespaceKinds namespaces, SafeFileHandle? cgroup, SafeFileHandle? pidNamespace)
    {
        PlanWarmUp.Ensure();
        FileCalls.Pipe(out SafeFileHandle statusRead, out SafeFileHandle statusWrite).ThrowIfError("pipe2");
        FileCalls.Pipe(out SafeFileHandle resumeRead, out SafeFileHandle resumeWrite).ThrowIfError("pipe2");
        var run = new PlanRun(statusRead, resumeWrite);
        using (statusWrite)
        using (resumeRead)
        {
            try
            {
                PlanContext* context = run.Prepare(plan, statusWrite, resumeRead);
                run.Clone(context, namespaces, cgroup, pidNamespace);
                return run;
            }
            catch
            {
                run.Dispose();
                throw;
            }
        }
    }

    /// <summary>Waits for the next report.</summary>
    public PlanReport Next()
    {
        Span<byte> message = stackalloc byte[8];
        FileCalls.Read(_status, message, out int count).ThrowIfError("read", "status of the new process");
        if (count < message.Length)
        {
            return new PlanReport(PlanProgress.Executed, 0, Errno.None);
        }

        int place = MemoryMarshal.Read<int>(message);
        int errno = MemoryMarshal.Read<int>(message[4..]);
        return place < 0
            ? new PlanReport(PlanProgress.Waiting, ~place, Errno.None, errno)
            : new PlanReport(PlanProgress.Failed, place, (Errno)errno);
    }

    /// <summary>Lets a waiting child go on.</summary>
    public void Continue() => FileCalls.Write(_resume, "\n"u8, out _).ThrowIfError("write", "resume of the new process");

    /// <summary>
    /// Frees the child's stack: only after it has executed or ended. The pid descriptor stays open, it belongs to the caller.
    /// </summary>
    public void Dispose()
    {
        _status.Dispose();
        _resume.Dispose();
        _memory.Dispose();
    }

    /// <summary>Leaves the memory to a child that outlives us at a gate; our descriptors are closed.</summary>
    public void Abandon()
    {
        _status.Dispose();
        _resume.Dispose();
    }

    private PlanContext* Prepare(SyscallPlan plan, SafeFileHandle status, SafeFileHandle resume)
    {
        var context = (PlanContext*)_memory.Zeroed(sizeof(PlanContext));
        context->Raw = RawSyscall.Pointer;
        context->Operations = plan.Seal();
        context->Count = plan.Count;
        context->Slots = (long*)_memory.Zeroed(Math.Max(plan.SlotCount, 1) * sizeof(long));
        context->Scratch = (byte*)_memory.Zeroed(3 * PlanContext.PathBufferSize);
        context->StatusDescriptor = status.Number();
        context->ResumeDescriptor = resume.Number();
        return context;
    }

    private void Clone(PlanContext* context, NamespaceKinds namespaces, SafeFileHandle? cgroup, SafeFileHandle? pidNamespace)
    {
        const ulong VM = 0x100, PIDFD = 0x1000, CLEAR_SIGHAND = 0x100000000, INTO_CGROUP = 0x200000000;
        const ulong ChildEnded = Signal.Child;
        int* pidfd = (int*)_memory.Zeroed(sizeof(int));
        *pidfd = -1;
        byte* stack = (byte*)_memory.Zeroed(StackSize);
        byte* top = stack + StackSize - 256;
        // the child comes back from the stub's system call onto this stack, so the stub's "ret" enters Run(context)
        *(nint*)top = (nint)(delegate*<PlanContext*, void>)&PlanInterpreter.Run;
        context->Clone.Flags = VM | PIDFD | CLEAR_SIGHAND | (ulong)namespaces;
        context->Clone.PidFd = (ulong)pidfd;
        context->Clone.ExitSignal = ChildEnded;
        context->Clone.Stack = (ulong)stack;
        context->Clone.StackSize = (ulong)(top - stack);
        if (cgroup is not null)
        {
            context->Clone.Flags |= INTO_CGROUP;
            context->Clone.Cgroup = (ulong)cgroup.Number();
        }

        SafeFileHandle? ownPidNamespace = null;
        if (pidNamespace is not null)
        {
            FileCalls.Open("/proc/self/ns/pid", OpenFlags.ReadOnly, out ownPidNamespace).ThrowIfError("open", "/proc/self/ns/pid");
            NamespaceCalls.Enter(pidNamespace, NamespaceKinds.Pid).ThrowIfError("setns", "pid namespace");
        }

        nint pid = CloneWithSignalsBlocked(context);
        if (ownPidNamespace is not null)
        {
            // before any error is raised: the next child of this thread must not land in the container
            Errno back = NamespaceCalls.Enter(ownPidNamespace, NamespaceKinds.Pid);
            ownPidNamespace.Dispose();
            back.ThrowIfError("setns", "own pid namespace");
        }

        GC.KeepAlive(cgroup);
        if (pid < 0)
        {
            ((Errno)(int)-pid).ThrowIfError("clone3");
        }

        Pid = (int)pid;
        PidFd = new SafeFileHandle(*pidfd, ownsHandle: true);
    }

    // A signal that arrived in the child before its handlers are cleared would run ours, on its stack.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint CloneWithSignalsBlocked(PlanContext* context)
    {
        const int SetMask = 2, SetSize = 8;
        ulong all = ulong.MaxValue, before;
        var raw = context->Raw;
        raw(Call.rt_sigprocmask, SetMask, (nint)(&all), (nint)(&before), SetSize, 0, 0);
        nint pid = raw(Call.clone3, (nint)context, sizeof(CloneArguments), 0, 0, 0, 0);
        raw(Call.rt_sigprocmask, SetMask, (nint)(&before), 0, SetSize, 0, 0);
        return pid;
    }
}
