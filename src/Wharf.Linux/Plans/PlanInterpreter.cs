// AFTER-CLONE: raw syscalls only; the architecture test scans this file for allocation, strings and calls that leave it.
using System.Runtime.CompilerServices;

namespace Wharf.Linux.Plans;

/// <summary>
/// What the cloned child runs until execve(2). It shares the parent's memory but none of its runtime: no allocation, no static field
/// with an initialiser, no thread-local, no import, no exception. It touches the plan, its slots, its scratch buffers and its own stack.
/// Every method is marked AggressiveOptimization: compiled once, before the clone, and never counted, tiered or patched where a just-in-time
/// compiler is at work.
/// </summary>
internal static unsafe class PlanInterpreter
{
    private const int EINTR = 4, EAGAIN = 11, ENOENT = 2;

    /// <summary>The child's entry: its stack starts with this address, its first argument register with the context's.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Run(PlanContext* context)
    {
        Interpret(context);
        while (context->Rehearsal == 0)
        {
            context->Raw(Call.exit_group, 127, 0, 0, 0, 0, 0);
        }
    }

    /// <summary>Runs the operations to the end, or to the one that fails; that one is reported. Returns only to <see cref="Run"/> and to tests.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Interpret(PlanContext* context)
    {
        int index = 0;
        while (index < context->Count)
        {
            PlanOperation* o = context->Operations + index;
            long* slots = context->Slots;
            int mask = o->SlotArguments;
            nint a0 = (mask & 1) == 0 ? o->A0 : (nint)slots[o->A0];
            nint a1 = (mask & 2) == 0 ? o->A1 : (nint)slots[o->A1];
            nint a2 = (mask & 4) == 0 ? o->A2 : (nint)slots[o->A2];
            nint a3 = (mask & 8) == 0 ? o->A3 : (nint)slots[o->A3];
            nint a4 = (mask & 16) == 0 ? o->A4 : (nint)slots[o->A4];
            nint a5 = (mask & 32) == 0 ? o->A5 : (nint)slots[o->A5];
            nint result = 0;
            switch (o->Kind)
            {
                case OperationKind.Call:
                    do
                    {
                        result = context->Raw(o->Number, a0, a1, a2, a3, a4, a5);
                    }
                    while (result == -EINTR);
                    break;
                case OperationKind.StoreInt32:
                    *(int*)a0 = (int)a1;
                    break;
                case OperationKind.Jump:
                    index = o->Target1;
                    continue;
                case OperationKind.JumpIfZero:
                    index = a0 == 0 ? o->Target1 : index + 1;
                    continue;
                case OperationKind.Rendezvous:
                    result = Meet(context, (int)a0, (int)a1);
                    break;
                case OperationKind.Announce:
                    Report(context, ~(int)a0, 0);
                    break;
                case OperationKind.Fail:
                    result = -a0;
                    break;
                case OperationKind.OpenInRoot:
                    result = PlanPathWalk.Open(context, a0, (byte*)a1, (ulong)a2, (ulong)a3, (int)a4);
                    break;
            }

            if (result >= 0 || o->IgnoreErrors != 0)
            {
                if (o->SaveSlot >= 0)
                {
                    slots[o->SaveSlot] = result;
                }

                index++;
            }
            else if (-result == o->Errno1)
            {
                index = o->Target1;
            }
            else if (-result == o->Errno2)
            {
                index = o->Target2;
            }
            else if (-result == o->Errno3)
            {
                index = o->Target3;
            }
            else
            {
                Report(context, index, (int)-result);
                return;
            }
        }
    }

    // A byte from the parent lets us go on; its end of the pipe closed means that it gave up or died.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static nint Meet(PlanContext* context, int point, int number)
    {
        const int EPIPE = 32;
        Report(context, ~point, number);
        nint count;
        do
        {
            count = context->Raw(Call.read, context->ResumeDescriptor, (nint)(&context->MessageErrno), 1, 0, 0, 0);
        }
        while (count == -EINTR);
        return count == 1 ? 0 : count == 0 ? -EPIPE : count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Report(PlanContext* context, int operation, int errno)
    {
        context->MessageOperation = operation;
        context->MessageErrno = errno;
        context->Raw(Call.write, context->StatusDescriptor, (nint)(&context->MessageOperation), 8, 0, 0, 0);
    }

    /// <summary>openat2(2) that waits out the answer to a rename during the walk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint OpenAt2(PlanContext* context, nint root, byte* path, ulong flags, ulong resolve)
    {
        const int HowSize = 24;
        context->HowFlags = flags;
        context->HowMode = 0;
        context->HowResolve = resolve;
        nint result = -EAGAIN;
        for (int tries = 0; tries < 10000 && (result == -EAGAIN || result == -EINTR); tries++)
        {
            result = context->Raw(Call.openat2, root, (nint)path, (nint)(&context->HowFlags), HowSize, 0, 0);
        }

        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static bool IsMissing(nint result) => result == -ENOENT;
}
