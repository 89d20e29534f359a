namespace Wharf.OciRuntime.CommandLine;

/// <summary>One command: its flags and what it does; the result is the exit code.</summary>
internal sealed record Command(string Name, string Summary, IReadOnlyList<Option> Options, Func<Arguments, Session, int> Run)
{
    /// <summary>What follows the first operand belongs to a program, flags and all.</summary>
    public bool PassesOn { get; init; }

    /// <summary>The exit code of a failure of our own.</summary>
    public int FailureCode { get; init; } = 1;
}
