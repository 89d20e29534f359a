using System.Runtime.InteropServices;

namespace Wharf.Linux.Plans;

/// <summary>What an operation is. All but <see cref="Call"/> are the few things a single system call cannot say.</summary>
internal enum OperationKind
{
    /// <summary>One raw system call: number in <see cref="PlanOperation.Number"/>, up to six arguments.</summary>
    Call = 0,

    /// <summary>*(int*)a0 = a1: a descriptor number goes into a message that is sent later.</summary>
    StoreInt32,

    /// <summary>Goes on at <see cref="PlanOperation.Target1"/>.</summary>
    Jump,

    /// <summary>Goes on at <see cref="PlanOperation.Target1"/> when a0 is zero.</summary>
    JumpIfZero,

    /// <summary>Tells the parent that it is at this point (a0), with a number (a1), and waits for its byte.</summary>
    Rendezvous,

    /// <summary>Tells the parent that it is at this point (a0) and goes on.</summary>
    Announce,

    /// <summary>Fails with error number a0.</summary>
    Fail,

    /// <summary>
    /// openat2 below root a0 of path a1 with flags a2 and resolve a3; when the name is missing and a4 says so, makes it first: directories, or
    /// a file at the end.
    /// </summary>
    OpenInRoot,
}

/// <summary>One operation of a plan, as it lies in native memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PlanOperation
{
    public OperationKind Kind;

    /// <summary>Where the result goes; -1 for nowhere.</summary>
    public int SaveSlot;

    /// <summary>Bit n: argument n is the number of a slot whose value is meant.</summary>
    public int SlotArguments;

    /// <summary>Non-zero: any error is taken as success.</summary>
    public int IgnoreErrors;

    public int Errno1;
    public int Target1;
    public int Errno2;
    public int Target2;
    public int Errno3;
    public int Target3;
    public nint Number;
    public nint A0;
    public nint A1;
    public nint A2;
    public nint A3;
    public nint A4;
    public nint A5;
}

/// <summary>What the child and its parent share while the plan runs; the child gets its address as only argument.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PlanContext
{
    /// <summary>First, because the child starts with the address of clone3's argument in its first argument register.</summary>
    public CloneArguments Clone;

    public delegate*<nint, nint, nint, nint, nint, nint, nint, nint> Raw;
    public PlanOperation* Operations;
    public int Count;
    public int StatusDescriptor;
    public int ResumeDescriptor;

    /// <summary>Non-zero: this is no child, the entry returns (see PlanWarmUp).</summary>
    public int Rehearsal;
    public long* Slots;

    /// <summary>The message to the parent: operation and error number, or ~point of a rendezvous and its number.</summary>
    public int MessageOperation;
    public int MessageErrno;

    /// <summary>struct open_how for openat2.</summary>
    public ulong HowFlags;
    public ulong HowMode;
    public ulong HowResolve;

    /// <summary>Three buffers of <see cref="PathBufferSize"/> bytes for walking a path.</summary>
    public byte* Scratch;

    public const int PathBufferSize = 8192;
}

/// <summary>struct clone_args (clone3(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CloneArguments
{
    public ulong Flags;
    public ulong PidFd;
    public ulong ChildTid;
    public ulong ParentTid;
    public ulong ExitSignal;
    public ulong Stack;
    public ulong StackSize;
    public ulong Tls;
    public ulong SetTid;
    public ulong SetTidSize;
    public ulong Cgroup;
}
