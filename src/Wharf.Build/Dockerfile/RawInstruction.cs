namespace Wharf.Build.Dockerfile;

/// <summary>One instruction after continuation lines are joined and comments dropped; its arguments are not looked at yet.</summary>
public sealed record RawInstruction
{
    /// <summary>In lower case.</summary>
    public required string Keyword { get; init; }

    /// <summary>As it was written, for checks of casing.</summary>
    public required string WrittenKeyword { get; init; }

    /// <summary><c>--name[=value]</c> words between the keyword and the arguments, in order.</summary>
    public required IReadOnlyList<string> Flags { get; init; }

    /// <summary>Everything after the flags, trimmed.</summary>
    public required string Arguments { get; init; }

    public IReadOnlyList<Heredoc> Heredocs { get; init; } = [];

    /// <summary>Comment lines right above the instruction, without the sign: they describe stages and arguments.</summary>
    public IReadOnlyList<string> Comments { get; init; } = [];

    public required SourceRange Lines { get; init; }

    /// <summary>Keyword, flags and arguments on one line, as progress and history show them.</summary>
    public required string Original { get; init; }
}

/// <summary>A Dockerfile as a list of instructions.</summary>
public sealed record DockerfileSource
{
    public required IReadOnlyList<RawInstruction> Instructions { get; init; }

    /// <summary>The character that joins lines and escapes: backslash, or backtick by directive.</summary>
    public required char Escape { get; init; }

    public required Directives Directives { get; init; }

    /// <summary>The lines as they are in the file, for messages with an excerpt.</summary>
    public required IReadOnlyList<string> Lines { get; init; }

    /// <summary>Where instructions end (before their here-documents) that have empty lines inside: the place that the check NoEmptyContinuation names.</summary>
    public IReadOnlyList<int> EmptyContinuationLines { get; init; } = [];
}
