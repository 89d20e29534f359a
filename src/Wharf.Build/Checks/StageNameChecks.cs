using Wharf.Build.Stages;

namespace Wharf.Build.Checks;

/// <summary>Rules on FROM ... AS name.</summary>
internal static class StageNameChecks
{
    private static readonly HashSet<string> Reserved = ["context", "scratch"];

    public static void Run(StageList file, CheckSink sink)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var stage in file.Stages)
        {
            CheckDescription(stage.From.Raw?.Comments ?? [], stage.From.WrittenStageName, stage.From.Lines, sink);
            if (stage.From.WrittenStageName is not { } name)
            {
                continue;
            }

            if (!Casing.IsLower(name))
            {
                sink.Add(BuildChecks.StageNameCasing, stage.From.Lines, $"Stage name '{name}' should be lowercase", name);
            }

            if (Reserved.Contains(name.ToLowerInvariant()))
            {
                sink.Add(BuildChecks.ReservedStageName, stage.From.Lines, $"Stage name should not use the same name as reserved stage \"{name}\"", name);
            }

            if (!seen.Add(name))
            {
                sink.Add(BuildChecks.DuplicateStageName, stage.From.Lines, $"Duplicate stage name \"{name}\", stage names should be unique", name);
            }

            CheckAs(stage, sink);
        }
    }

    /// <summary>A comment right above a named stage or an argument describes it, and then begins with its name.</summary>
    public static void CheckDescription(IReadOnlyList<string> comments, string? name, Dockerfile.SourceRange lines, CheckSink sink)
    {
        if (name is not null && comments.Count > 0 && !comments.Any(c => c.StartsWith(name + " ", StringComparison.OrdinalIgnoreCase)))
        {
            sink.Add(BuildChecks.InvalidDefinitionDescription, lines, BuildChecks.InvalidDefinitionDescription.Description);
        }
    }

    private static void CheckAs(Stage stage, CheckSink sink)
    {
        string from = stage.From.Raw!.WrittenKeyword, word = stage.From.WrittenAs!;
        bool same = Casing.IsUpper(from) ? Casing.IsUpper(word) : Casing.IsLower(word);
        if (!same)
        {
            sink.Add(BuildChecks.FromAsCasing, stage.From.Lines, $"'{word}' and '{from}' keywords' casing do not match", " " + word + " ");
        }
    }
}
