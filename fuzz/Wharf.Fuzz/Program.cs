using System.Diagnostics;
using System.Globalization;
using Wharf.Fuzz;
using Wharf.Primitives;

// Usage: Wharf.Fuzz [--seconds N] [--seed N] [--target NAME] [--case N]
// A case is made from the seed and its number alone: what a failure prints repeats it.
double seconds = 20;
int seed = Environment.TickCount & int.MaxValue;
string? only = null;
int? single = null;
for (int i = 0; i + 1 < args.Length; i += 2)
{
    switch (args[i])
    {
        case "--seconds": seconds = double.Parse(args[i + 1], CultureInfo.InvariantCulture); break;
        case "--seed": seed = int.Parse(args[i + 1], CultureInfo.InvariantCulture); break;
        case "--target": only = args[i + 1]; break;
        case "--case": single = int.Parse(args[i + 1], CultureInfo.InvariantCulture); break;
        default: Console.Error.WriteLine($"unknown flag {args[i]}"); return 2;
    }
}

Target[] targets = [.. Targets.All.Where(t => only is null || t.Name == only)];
if (targets.Length == 0)
{
    Console.Error.WriteLine($"no target {only}: choose from {string.Join(' ', Targets.All.Select(t => t.Name))}");
    return 2;
}

Console.WriteLine($"seed {seed}, {targets.Length} targets, {seconds} s");
const long MostMemory = 1L << 30;
var slowest = TimeSpan.FromSeconds(5);
int failures = 0;
long cases = 0;
foreach (Target target in targets)
{
    var mutator = new Mutator(target.Seeds);
    foreach (byte[] good in target.Seeds)
    {
        // a seed that is refused tests little: it must be good
        if (Try(target, good) is { } refused)
        {
            Console.WriteLine($"FAILED {target.Name}: a good input is refused: {refused}");
            failures++;
        }
    }

    var clock = Stopwatch.StartNew();
    int reported = 0;
    for (int number = single ?? 0; reported < 3 && (single is null ? clock.Elapsed.TotalSeconds < seconds / targets.Length : number == single); number++)
    {
        byte[] input = mutator.Make(new Random(HashCode(seed, number)));
        cases++;
        if (Try(target, input) is { } trouble)
        {
            reported++;
            failures++;
            Console.WriteLine($"FAILED {target.Name}, --seed {seed} --target {target.Name} --case {number}: {trouble}\n  input (base64): {Convert.ToBase64String(input[..Math.Min(input.Length, 2000)])}");
        }
    }
}

Console.WriteLine($"{cases} cases, {failures} failures");
return failures == 0 ? 0 : 1;

// Not System.HashCode, which differs from run to run.
static int HashCode(int seed, int number) => unchecked((seed * 486187739) + (number * 16777619));

string? Try(Target target, byte[] input)
{
    long memory = GC.GetAllocatedBytesForCurrentThread();
    var clock = Stopwatch.StartNew();
    try
    {
        target.Run(input);
    }
    catch (WharfException e) when (e.Kind != ErrorKind.Internal)
    {
        // refused, as it should be
    }
    catch (Exception e) when (Array.Exists(target.MayThrow, t => t.IsInstanceOfType(e)))
    {
        // refused in a way that the parser's callers know
    }
    catch (Exception e)
    {
        return e.ToString();
    }

    memory = GC.GetAllocatedBytesForCurrentThread() - memory;
    return clock.Elapsed > slowest ? $"took {clock.Elapsed}" : memory > MostMemory ? $"allocated {memory} bytes" : null;
}
