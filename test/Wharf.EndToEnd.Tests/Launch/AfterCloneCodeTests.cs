using System.Globalization;
using System.Text.RegularExpressions;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Launch;

/// <summary>
/// Disassembles what the published shim runs between clone and execve. The source is checked by the tests of Wharf.Linux; what the compiler adds
/// (polls for the garbage collector, allocation helpers, static bases) shows only here.
/// </summary>
public sealed partial class AfterCloneCodeTests
{
    [Theory]
    [InlineData("wharf-shim")]
    [InlineData("wharf-oci")]
    public void AfterClone_TheCompiledCode_CallsNothingButItself(string program)
    {
        Packages.Need("/usr/bin/objdump", "binutils");
        string symbols = Path.Combine(Repository.Root, "out", "symbols", program + ".dbg");
        Dictionary<long, Function> own = Functions(symbols);
        Assert.Contains(own.Values, f => f.Name.EndsWith("PlanInterpreter__Run", StringComparison.Ordinal));
        Assert.Contains(own.Values, f => f.Name.EndsWith("PlanPathWalk__Open", StringComparison.Ordinal));
        int indirect = 0;
        foreach (Function function in own.Values)
        {
            string code = Command.Run("objdump", ["-d", "--no-show-raw-insn", $"--start-address={function.Start}", $"--stop-address={function.End}", Repository.Program(program)]).Ok().Out;
            foreach (Match branch in Branches().Matches(code))
            {
                if (branch.Groups["target"].Value is not { Length: > 0 } target)
                {
                    // through a pointer: the system call's own machine code
                    indirect++;
                    continue;
                }

                long address = long.Parse(target, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                Assert.True(own.ContainsKey(address) || (address >= function.Start && address < function.End), $"{function.Name} leaves what may run after clone: {branch.Value.Trim()}");
            }

            // a thread's own data and the collector's flag are reached through the thread pointer
            Assert.DoesNotContain("%fs:", code);
        }

        Assert.True(indirect > 0, "no system call was found: the test looks at the wrong code");
    }

    private static Dictionary<long, Function> Functions(string symbols)
    {
        string listing = Command.Run("nm", ["-S", symbols]).Ok().Out;
        return Symbols().Matches(listing)
            .Select(m => new Function(m.Groups["name"].Value, Hex(m.Groups["start"]), Hex(m.Groups["start"]) + Hex(m.Groups["size"])))
            .ToDictionary(f => f.Start);
    }

    private static long Hex(Group group) => long.Parse(group.Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?m)^(?<start>[0-9a-f]+) (?<size>[0-9a-f]+) t (?<name>\w*Plans_Plan(Interpreter|PathWalk)__\w+)$")]
    private static partial Regex Symbols();

    [GeneratedRegex(@"(?m)\t(call|j\w+)\s+(\*\S+|(?<target>[0-9a-f]+)\b.*)$")]
    private static partial Regex Branches();

    private sealed record Function(string Name, long Start, long End);
}
