using Wharf.Build.Dockerfile;

namespace Wharf.Build.Checks;

/// <summary>Collects broken rules, leaving out those that are not wanted.</summary>
internal sealed class CheckSink(DockerfileSource source, CheckOptions options)
{
    private readonly List<CheckWarning> _warnings = [];

    /// <param name="word">The word to blame, as it is written; null for the instruction.</param>
    public void Add(BuildCheck rule, SourceRange lines, string message, string? word = null)
    {
        if (options.Wants(rule))
        {
            _warnings.Add(new CheckWarning(rule, message, lines, SourcePlace.Of(source.Lines, lines, word)));
        }
    }

    public IReadOnlyList<CheckWarning> Sorted() =>
        [.. _warnings.OrderBy(w => w.Lines.Start).ThenBy(w => w.Place.Line).ThenBy(w => w.Place.Column).ThenBy(w => w.Rule.Name, StringComparer.Ordinal).Distinct()];
}
