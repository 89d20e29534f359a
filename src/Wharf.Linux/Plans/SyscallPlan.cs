using Microsoft.Win32.SafeHandles;
using Wharf.Primitives;

namespace Wharf.Linux.Plans;

/// <summary>
/// A program of system calls under construction, and what it needs to run: its memory and the descriptors it uses. Built by ordinary
/// code, run by <see cref="PlanRun"/> in a cloned child that only interprets it. Lives until the child has replaced itself.
/// </summary>
public sealed unsafe class SyscallPlan : IDisposable
{
    private readonly PlanMemory _memory = new();
    private readonly List<PlanStepName> _names = [];
    private readonly List<int> _labels = [];
    private readonly List<SafeFileHandle> _descriptors = [];
    private PlanOperation[] _operations = new PlanOperation[192];
    private int _count;
    private int _slots;

    public int Count => _count;

    /// <summary>What the operations added from now on are part of, for error texts: error mounting "a" to rootfs at "/b".</summary>
    public string? Context { get; set; }

    internal int SlotCount => _slots;

    internal ReadOnlySpan<PlanOperation> Operations => _operations.AsSpan(0, _count);

    public PlanStepName NameOf(int operation) => _names[operation];

    public PlanSlot NewSlot() => new(_slots++);

    public PlanLabel NewLabel()
    {
        _labels.Add(-1);
        return new PlanLabel(_labels.Count - 1);
    }

    /// <summary>The label's place is the next operation that is added.</summary>
    public void Mark(PlanLabel label) => _labels[label.Index] = _count;

    /// <summary>Text as NUL-terminated UTF-8 in the plan's memory.</summary>
    /// <exception cref="WharfException">InvalidArgument: a NUL in it, which the kernel would take for its end.</exception>
    public nint Text(string text)
    {
        if (text.Contains('\0'))
        {
            throw WharfException.Invalid("a value of the container's configuration contains a NUL byte");
        }

        return _memory.Text(text);
    }

    public nint TextOrNull(string? text) => text is null ? 0 : Text(text);

    public nint Bytes(ReadOnlySpan<byte> bytes) => _memory.Bytes(bytes);

    public nint Zeroed(int size) => _memory.Zeroed(size);

    /// <summary>A NULL-terminated vector of strings, as execve(2) takes it.</summary>
    public nint Vector(IReadOnlyList<string> texts)
    {
        foreach (string text in texts)
        {
            if (text.Contains('\0'))
            {
                throw WharfException.Invalid("arguments and environment must not contain NUL bytes");
            }
        }

        return _memory.Vector(texts);
    }

    /// <summary>A structure's words, 8 bytes each.</summary>
    public nint Words(params ReadOnlySpan<ulong> words)
    {
        nint address = Zeroed(words.Length * 8);
        words.CopyTo(new Span<ulong>((void*)address, words.Length));
        return address;
    }

    /// <summary>Gives a descriptor to the plan: the child inherits it, and it is closed with the plan.</summary>
    public int Keep(SafeFileHandle descriptor)
    {
        _descriptors.Add(descriptor);
        return descriptor.Number();
    }

    /// <summary>Adds a raw system call. <paramref name="verb"/> and <paramref name="subject"/> name it in errors and in <see cref="Describe"/>.</summary>
    public PlanStep Add(string verb, string? subject, int number, PlanArgument a0 = default, PlanArgument a1 = default,
        PlanArgument a2 = default, PlanArgument a3 = default, PlanArgument a4 = default, PlanArgument a5 = default) =>
        Append(OperationKind.Call, number, verb, subject, a0, a1, a2, a3, a4, a5);

    /// <summary>Puts a slot's value as 32-bit number at an address of the plan's memory.</summary>
    public void StoreInt32(nint address, PlanSlot slot) => Append(OperationKind.StoreInt32, 0, "store", null, address, slot);

    /// <summary>Stops with an error number of our choosing.</summary>
    public PlanStep Fail(string verb, string? subject, Errno errno) => Append(OperationKind.Fail, 0, verb, subject, (int)errno);

    public void Jump(PlanLabel target) => Append(OperationKind.Jump, 0, "jump", null).Target(target);

    public void JumpIfZero(PlanSlot slot, PlanLabel target) => Append(OperationKind.JumpIfZero, 0, "jump if zero", null, slot).Target(target);

    /// <summary>Waits here until the parent says go on; <paramref name="point"/> tells it which place this is.</summary>
    public void Meet(string verb, int point) => Append(OperationKind.Rendezvous, 0, verb, null, point);

    /// <summary>As <see cref="Meet(string, int)"/>, and tells what a slot holds.</summary>
    public void Meet(string verb, int point, PlanSlot told) => Append(OperationKind.Rendezvous, 0, verb, null, point, told);

    /// <summary>Tells the parent that this point is reached, and goes on.</summary>
    public void Announce(string verb, int point) => Append(OperationKind.Announce, 0, verb, null, point);

    /// <summary>
    /// Opens <paramref name="path"/> below a root, following links as a process in it would; makes what is missing where
    /// <paramref name="make"/> says so.
    /// </summary>
    public PlanStep OpenInRoot(string verb, PlanSlot root, string path, OpenFlags flags, PlanMake make = PlanMake.Nothing, bool refuseLinks = false)
    {
        ResolveFlags resolve = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks | (refuseLinks ? ResolveFlags.NoSymlinks : 0);
        return Append(OperationKind.OpenInRoot, 0, verb, path, root, Text(path), (int)(flags | OpenFlags.CloseOnExec), (ulong)resolve, (int)make);
    }

    /// <summary>The plan as text, one operation a line: number, name, where results and errors lead.</summary>
    public string Describe() => PlanDescription.Of(this, _labels);

    public void Dispose()
    {
        _memory.Dispose();
        foreach (SafeFileHandle descriptor in _descriptors)
        {
            descriptor.Dispose();
        }

        _descriptors.Clear();
    }

    /// <summary>The finished operations in the plan's memory, labels replaced by places.</summary>
    internal PlanOperation* Seal()
    {
        var sealedOperations = (PlanOperation*)Zeroed(Math.Max(_count, 1) * sizeof(PlanOperation));
        for (int i = 0; i < _count; i++)
        {
            PlanOperation o = _operations[i];
            o.Target1 = Place(o.Target1, i);
            o.Target2 = Place(o.Target2, i);
            o.Target3 = Place(o.Target3, i);
            sealedOperations[i] = o;
        }

        return sealedOperations;
    }

    internal ref PlanOperation At(int index) => ref _operations[index];

    // labels are kept as label+1, 0 is the next operation
    private int Place(int target, int index)
    {
        if (target == 0)
        {
            return index + 1;
        }

        int place = _labels[target - 1];
        return place > index ? place : throw WharfException.Internal($"plan operation {index} ({_names[index]}) leads to a label that is not set after it");
    }

    private PlanStep Append(OperationKind kind, int number, string verb, string? subject, PlanArgument a0 = default, PlanArgument a1 = default,
        PlanArgument a2 = default, PlanArgument a3 = default, PlanArgument a4 = default, PlanArgument a5 = default)
    {
        if (_count == _operations.Length)
        {
            Array.Resize(ref _operations, _count * 2);
        }

        _operations[_count] = new PlanOperation
        {
            Kind = kind,
            Number = number,
            SaveSlot = -1,
            SlotArguments = (a0.IsSlot ? 1 : 0) | (a1.IsSlot ? 2 : 0) | (a2.IsSlot ? 4 : 0) | (a3.IsSlot ? 8 : 0) | (a4.IsSlot ? 16 : 0) | (a5.IsSlot ? 32 : 0),
            A0 = a0.Value,
            A1 = a1.Value,
            A2 = a2.Value,
            A3 = a3.Value,
            A4 = a4.Value,
            A5 = a5.Value,
        };
        _names.Add(new PlanStepName(verb, subject, Context));
        return new PlanStep(this, _count++);
    }
}

/// <summary>What <see cref="SyscallPlan.OpenInRoot"/> makes of a name that is missing.</summary>
public enum PlanMake
{
    Nothing = 0,
    Directory = 1,
    File = 2,
}

/// <summary>How an operation is called in errors: "mount /proc", with what it is part of before it.</summary>
public readonly record struct PlanStepName(string Verb, string? Subject, string? Context)
{
    /// <summary>The whole sentence that a failure begins with.</summary>
    public string Sentence => Context is null ? ToString() : $"{Context}: {this}";

    public override string ToString() => Subject is null ? Verb : $"{Verb} {Subject}";
}

/// <summary>An operation just added, for saying what becomes of its result.</summary>
public readonly struct PlanStep
{
    private readonly SyscallPlan _plan;

    internal PlanStep(SyscallPlan plan, int index)
    {
        _plan = plan;
        Index = index;
    }

    public int Index { get; }

    public PlanStep Save(PlanSlot slot)
    {
        _plan.At(Index).SaveSlot = slot.Index;
        return this;
    }

    /// <summary>Any error counts as success (and is saved as a negative number where a slot is given).</summary>
    public PlanStep IgnoreErrors()
    {
        _plan.At(Index).IgnoreErrors = 1;
        return this;
    }

    /// <summary>This error only means: go on behind it.</summary>
    public PlanStep Allow(Errno errno) => Handle(errno, 0);

    /// <summary>This error means: go on at the label.</summary>
    public PlanStep On(Errno errno, PlanLabel label) => Handle(errno, label.Index + 1);

    internal void Target(PlanLabel label) => _plan.At(Index).Target1 = label.Index + 1;

    private PlanStep Handle(Errno errno, int target)
    {
        ref PlanOperation o = ref _plan.At(Index);
        if (o.Errno1 == 0)
        {
            (o.Errno1, o.Target1) = ((int)errno, target);
        }
        else if (o.Errno2 == 0)
        {
            (o.Errno2, o.Target2) = ((int)errno, target);
        }
        else if (o.Errno3 == 0)
        {
            (o.Errno3, o.Target3) = ((int)errno, target);
        }
        else
        {
            throw WharfException.Internal("a plan operation handles at most three errors");
        }

        return this;
    }
}
