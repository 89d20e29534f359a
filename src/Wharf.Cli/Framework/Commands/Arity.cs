namespace Wharf.Cli.Framework.Commands;

/// <summary>How many positional arguments a command takes.</summary>
internal readonly record struct Arity(int Min, int Max)
{
    private const int Unbounded = int.MaxValue;

    public static Arity None => new(0, 0);

    public static Arity Any => new(0, Unbounded);

    public static Arity Exactly(int count) => new(count, count);

    public static Arity AtLeast(int count) => new(count, Unbounded);

    public static Arity AtMost(int count) => new(0, count);

    public static Arity Between(int min, int max) => new(min, max);

    /// <summary>The complaint about a wrong count, with the usage lines behind it, as Docker words it; null when it fits.</summary>
    public string? Complaint(int count, string commandPath, string usageLine)
    {
        if (count >= Min && count <= Max)
        {
            return null;
        }

        string run = "Run";
        string text;
        if (Max == 0)
        {
            text = "accepts no arguments";
        }
        else if (Max == Unbounded)
        {
            text = $"requires at least {Min} {Arguments(Min)}";
            run = "See";
        }
        else if (Min == Max)
        {
            text = $"requires {Min} {Arguments(Min)}";
        }
        else if (Min == 0)
        {
            text = $"requires at most {Max} {Arguments(Max)}";
        }
        else
        {
            text = $"requires at least {Min} and at most {Max} {Arguments(Max)}";
        }

        return $"'{commandPath}' {text}\n\nUsage:  {usageLine}\n\n{run} '{commandPath} --help' for more information";
    }

    private static string Arguments(int count) => count == 1 ? "argument" : "arguments";
}
