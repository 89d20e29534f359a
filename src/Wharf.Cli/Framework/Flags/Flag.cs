namespace Wharf.Cli.Framework.Flags;

/// <summary>One flag of a command.</summary>
internal sealed class Flag(string name, char shorthand, FlagKind kind, string usage, string @default = "")
{
    public Flag(string name, FlagKind kind, string usage, string @default = "")
        : this(name, '\0', kind, usage, @default)
    {
    }

    public string Name => name;

    /// <summary>The letter behind a single dash, or NUL.</summary>
    public char Shorthand => shorthand;

    public FlagKind Kind => kind;

    public string Usage => usage;

    public string Default => @default.Length > 0 ? @default : kind.Default;

    public bool IsHidden { get; init; }

    /// <summary>Said on standard error when the flag is used: "Flag --x has been deprecated, …".</summary>
    public string? Deprecated { get; init; }

    /// <summary>Why this client cannot do what the flag asks: said as an error when the flag is used.</summary>
    public string? Refusal { get; init; }

    /// <summary>Another name of a flag that is the same value.</summary>
    public string? SameAs { get; init; }

    /// <summary>How error texts name it: <c>-m, --memory</c>.</summary>
    public string Display => shorthand == '\0' ? "--" + name : $"-{shorthand}, --{name}";
}
