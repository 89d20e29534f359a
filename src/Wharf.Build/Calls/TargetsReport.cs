using Wharf.Build.Stages;

namespace Wharf.Build.Calls;

/// <summary><c>--call=targets</c>: the stages of a file, with what the comment above each says of it.</summary>
public static class TargetsReport
{
    private static readonly string[] Head = ["TARGET", "DESCRIPTION"];

    /// <param name="file">The file.</param>
    /// <param name="fileName">Its name for people.</param>
    /// <param name="baseName">The expanded name after a stage's FROM.</param>
    public static BuildCallAnswer Of(StageList file, string fileName, Func<Stage, string> baseName)
    {
        List<string[]> rows = [Head];
        foreach (var stage in file.Stages.Where(s => s.Name is not null || IsLast(file, s)))
        {
            rows.Add([(stage.From.WrittenStageName ?? "") + (IsLast(file, stage) ? stage.Name is null ? "(default)" : " (default)" : ""), Descriptions.Of(stage.From.Raw?.Comments, stage.Name)]);
        }

        string json = BuildCalls.Write(writer =>
        {
            writer.WriteStartArray("targets");
            foreach (var stage in file.Stages)
            {
                writer.WriteStartObject();
                writer.WriteString("name", stage.From.WrittenStageName ?? "");
                if (IsLast(file, stage))
                {
                    writer.WriteBoolean("default", true);
                }

                if (Descriptions.Of(stage.From.Raw?.Comments, stage.Name) is { Length: > 0 } description)
                {
                    writer.WriteString("description", description);
                }

                writer.WriteString("base", baseName(stage));
                if (stage.From.Platform is { } platform)
                {
                    writer.WriteString("platform", platform);
                }

                BuildCalls.WriteLocation(writer, stage.From.Lines);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            BuildCalls.WriteSources(writer, fileName, file.Source.Lines);
        });
        return new BuildCallAnswer(BuildCalls.Table(rows), json, 0);
    }

    private static bool IsLast(StageList file, Stage stage) => stage.Index == file.Stages.Count - 1;
}
