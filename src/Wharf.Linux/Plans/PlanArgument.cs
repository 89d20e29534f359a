namespace Wharf.Linux.Plans;

/// <summary>A place in which a plan keeps a result (usually a descriptor) for later operations.</summary>
public readonly record struct PlanSlot(int Index);

/// <summary>A forward target in a plan; set by <see cref="SyscallPlan.Mark"/>.</summary>
public readonly record struct PlanLabel(int Index);

/// <summary>An argument of an operation: a value (numbers, addresses in the plan's memory) or what a slot will hold by then.</summary>
public readonly record struct PlanArgument
{
    private PlanArgument(nint value, bool isSlot)
    {
        Value = value;
        IsSlot = isSlot;
    }

    public nint Value { get; }

    public bool IsSlot { get; }

    public static implicit operator PlanArgument(nint value) => new(value, false);

    public static implicit operator PlanArgument(int value) => new(value, false);

    public static implicit operator PlanArgument(uint value) => new((nint)value, false);

    public static implicit operator PlanArgument(long value) => new((nint)value, false);

    public static implicit operator PlanArgument(ulong value) => new((nint)value, false);

    public static implicit operator PlanArgument(PlanSlot slot) => new(slot.Index, true);
}
