using Wharf.Build.Instructions;
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
            if (stage.Name is { } described)
            {
                CheckDescription(stage.From, [described], sink);
            }

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

    /// <summary>A comment right above a named stage or arguments describes it, and then its last line begins with a name.</summary>
    public static void CheckDescription(Instruction instruction, IReadOnlyList<string> names, CheckSink sink)
    {
        if (instruction.Raw?.Comments is [.., var last] && !names.Contains(last.Split(' ')[0]))
        {
            sink.Add(BuildChecks.InvalidDefinitionDescription, instruction.Lines,
                $"Comment for {instruction.Keyword} should follow the format: `# {(names.Count == 1 ? names[0] : "<arg_key>")} <description>`");
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
