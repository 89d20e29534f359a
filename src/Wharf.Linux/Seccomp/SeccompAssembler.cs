using Wharf.Primitives;

namespace Wharf.Linux.Seccomp;

/// <summary>
/// Rules to BPF. The program looks at the architecture first (a foreign one is killed), then finds the call's number by binary search over
/// ranges of numbers that share an action: some 8 comparisons instead of hundreds.
/// </summary>
internal static class SeccompAssembler
{
    private const int NumberOffset = 0, ArchitectureOffset = 4;
    private const int MaxInstructions = 4096;
    private const uint X32Bit = 0x40000000;

    public static byte[] Assemble(SeccompFilter filter)
    {
        var code = new List<BpfInstruction> { BpfInstruction.Load(ArchitectureOffset) };
        foreach (SyscallArchitecture architecture in filter.Architectures)
        {
            List<BpfInstruction> section = Section(filter, architecture);
            // the whole section can be longer than a conditional jump reaches
            code.Add(BpfInstruction.Equal((uint)architecture, 1, 0));
            code.Add(BpfInstruction.Jump(section.Count));
            code.AddRange(section);
        }

        code.Add(BpfInstruction.Return(SeccompAction.KillProcess));
        if (code.Count > MaxInstructions)
        {
            throw WharfException.Invalid($"seccomp profile compiles to {code.Count} instructions, more than the kernel's {MaxInstructions}");
        }

        byte[] bytes = new byte[code.Count * BpfInstruction.Size];
        for (int i = 0; i < code.Count; i++)
        {
            code[i].Write(bytes.AsSpan(i * BpfInstruction.Size));
        }

        return bytes;
    }

    private static List<BpfInstruction> Section(SeccompFilter filter, SyscallArchitecture architecture)
    {
        var section = new List<BpfInstruction> { BpfInstruction.Load(NumberOffset) };
        if (architecture == SyscallArchitecture.X64)
        {
            // x32 calls come with the 64-bit architecture and a bit in the number; no kernel of ours serves them
            section.Add(BpfInstruction.GreaterOrEqual(X32Bit, 0, 1));
            section.Add(BpfInstruction.Return(SeccompAction.Fail(Errno.ENOSYS)));
        }

        List<SyscallRange> ranges = SyscallRange.Of(filter, architecture);
        section.AddRange(Search(ranges, 0, ranges.Count, filter.Default, architecture));
        return section;
    }

    private static List<BpfInstruction> Search(List<SyscallRange> ranges, int from, int to, SeccompAction fallback, SyscallArchitecture architecture)
    {
        if (to - from == 1)
        {
            return Leaf(ranges[from], fallback, architecture);
        }

        int middle = (from + to) / 2;
        List<BpfInstruction> left = Search(ranges, from, middle, fallback, architecture);
        List<BpfInstruction> right = Search(ranges, middle, to, fallback, architecture);
        var code = new List<BpfInstruction>(left.Count + right.Count + 2);
        uint start = (uint)ranges[middle].Start;
        if (left.Count <= byte.MaxValue)
        {
            code.Add(BpfInstruction.GreaterOrEqual(start, (byte)left.Count, 0));
        }
        else
        {
            code.Add(BpfInstruction.GreaterOrEqual(start, 0, 1));
            code.Add(BpfInstruction.Jump(left.Count));
        }

        code.AddRange(left);
        code.AddRange(right);
        return code;
    }

    private static List<BpfInstruction> Leaf(SyscallRange range, SeccompAction fallback, SyscallArchitecture architecture)
    {
        var code = new List<BpfInstruction>();
        foreach (SeccompRule rule in range.Conditional)
        {
            var body = new List<BpfInstruction>();
            var misses = new List<(int Position, bool WhenTrue)>();
            foreach (SeccompCondition condition in rule.Conditions)
            {
                SeccompConditions.Emit(body, misses, condition, architecture);
            }

            body.Add(BpfInstruction.Return(rule.Action));
            foreach ((int position, bool whenTrue) in misses)
            {
                byte distance = (byte)(body.Count - position - 1);
                BpfInstruction jump = body[position];
                body[position] = whenTrue ? jump with { True = distance } : jump with { False = distance };
            }

            code.AddRange(body);
        }

        code.Add(BpfInstruction.Return(range.Action ?? fallback));
        return code;
    }
}
