namespace Wharf.Templates;

/// <summary>A function that templates can call.</summary>
/// <param name="MinArguments">The fewest arguments it takes.</param>
/// <param name="MaxArguments">The most, or -1 for any number.</param>
/// <param name="Invoke">Throws <see cref="TemplateException"/> with a text; the engine adds "error calling NAME:" before it.</param>
public sealed record TemplateFunction(int MinArguments, int MaxArguments, Func<object?[], object?> Invoke)
{
    /// <summary>The Go kinds of the parameters that are checked before the call; empty for none.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    public static TemplateFunction Exactly(int count, Func<object?[], object?> invoke, params string[] parameters) =>
        new(count, count, invoke) { Parameters = parameters };
}
