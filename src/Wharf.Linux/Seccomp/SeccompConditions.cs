namespace Wharf.Linux.Seccomp;

/// <summary>
/// One comparison of a 64-bit argument with the 32-bit words BPF knows. Falls through when it holds; jumps that must leave the rule when it
/// does not are left open in <c>misses</c>.
/// </summary>
internal static class SeccompConditions
{
    private const int ArgumentsOffset = 16;

    public static void Emit(List<BpfInstruction> code, List<(int Position, bool WhenTrue)> misses, SeccompCondition condition, SyscallArchitecture architecture)
    {
        // 32-bit callers have 32-bit arguments: the upper half of what a profile says is not about them
        bool narrow = architecture == SyscallArchitecture.X86;
        uint low = (uint)condition.Value, high = narrow ? 0 : (uint)(condition.Value >> 32);
        int lowAt = ArgumentsOffset + (condition.Index * 8), highAt = lowAt + 4;
        switch (condition.Comparison)
        {
            case SeccompComparison.Equal:
                Words(code, misses, lowAt, highAt, low, high);
                break;
            case SeccompComparison.MaskedEqual:
                code.Add(BpfInstruction.Load(highAt));
                code.Add(BpfInstruction.Mask(high));
                Miss(code, misses, BpfInstruction.Equal(narrow ? 0 : (uint)(condition.Value2 >> 32), 0, 0), whenTrue: false);
                code.Add(BpfInstruction.Load(lowAt));
                code.Add(BpfInstruction.Mask(low));
                Miss(code, misses, BpfInstruction.Equal((uint)condition.Value2, 0, 0), whenTrue: false);
                break;
            case SeccompComparison.NotEqual:
                // a different upper word holds at once: over the two instructions for the lower one
                code.Add(BpfInstruction.Load(highAt));
                code.Add(BpfInstruction.Equal(high, 0, 2));
                code.Add(BpfInstruction.Load(lowAt));
                Miss(code, misses, BpfInstruction.Equal(low, 0, 0), whenTrue: true);
                break;
            case SeccompComparison.Greater:
                Above(code, misses, lowAt, highAt, high, BpfInstruction.Greater(low, 0, 0));
                break;
            case SeccompComparison.GreaterOrEqual:
                Above(code, misses, lowAt, highAt, high, BpfInstruction.GreaterOrEqual(low, 0, 0));
                break;
            case SeccompComparison.Less:
                Below(code, misses, lowAt, highAt, high, BpfInstruction.GreaterOrEqual(low, 0, 0));
                break;
            case SeccompComparison.LessOrEqual:
                Below(code, misses, lowAt, highAt, high, BpfInstruction.Greater(low, 0, 0));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(condition));
        }
    }

    private static void Words(List<BpfInstruction> code, List<(int, bool)> misses, int lowAt, int highAt, uint low, uint high)
    {
        code.Add(BpfInstruction.Load(highAt));
        Miss(code, misses, BpfInstruction.Equal(high, 0, 0), whenTrue: false);
        code.Add(BpfInstruction.Load(lowAt));
        Miss(code, misses, BpfInstruction.Equal(low, 0, 0), whenTrue: false);
    }

    // upper greater: holds; upper equal: the lower word decides; upper less: miss
    private static void Above(List<BpfInstruction> code, List<(int, bool)> misses, int lowAt, int highAt, uint high, BpfInstruction lower)
    {
        code.Add(BpfInstruction.Load(highAt));
        code.Add(BpfInstruction.Greater(high, 3, 0));
        Miss(code, misses, BpfInstruction.Equal(high, 0, 0), whenTrue: false);
        code.Add(BpfInstruction.Load(lowAt));
        Miss(code, misses, lower, whenTrue: false);
    }

    // upper greater: miss; upper less: holds; upper equal: the lower word decides
    private static void Below(List<BpfInstruction> code, List<(int, bool)> misses, int lowAt, int highAt, uint high, BpfInstruction lower)
    {
        code.Add(BpfInstruction.Load(highAt));
        Miss(code, misses, BpfInstruction.Greater(high, 0, 0), whenTrue: true);
        code.Add(BpfInstruction.Equal(high, 0, 2));
        code.Add(BpfInstruction.Load(lowAt));
        Miss(code, misses, lower, whenTrue: true);
    }

    private static void Miss(List<BpfInstruction> code, List<(int Position, bool WhenTrue)> misses, BpfInstruction jump, bool whenTrue)
    {
        misses.Add((code.Count, whenTrue));
        code.Add(jump);
    }
}
