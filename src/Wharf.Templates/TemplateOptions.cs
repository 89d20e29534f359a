namespace Wharf.Templates;

/// <summary>Bounds of one run and the <c>missingkey</c> option.</summary>
public sealed record TemplateOptions
{
    public static readonly TemplateOptions Default = new();

    /// <summary>True for <c>missingkey=error</c>: a map key that is not there fails the run.</summary>
    public bool MissingKeyIsError { get; init; }

    /// <summary>How a value is shown where an action prints it; text of the template itself is the author's and stays.</summary>
    public Func<string, string>? Shown { get; init; }

    /// <summary>The most characters a run may write, and the longest string it may make.</summary>
    public int MaxOutput { get; init; } = 64 << 20;

    /// <summary>The most nodes a run may evaluate.</summary>
    public long MaxSteps { get; init; } = 20_000_000;

    /// <summary>The deepest nesting of template calls.</summary>
    public int MaxDepth { get; init; } = 200;
}
