using System.Text;
using Wharf.Build.Checks;
using Wharf.Build.Stages;

namespace Wharf.Build.Calls;

/// <summary>Broken rules as text, the way <c>docker build --check</c> prints them, and as JSON.</summary>
public static class CheckReport
{
    public static BuildCallAnswer Of(StageList file, string fileName, IReadOnlyList<CheckWarning> warnings) =>
        new(Text(file, fileName, warnings), Json(file, fileName, warnings), warnings.Count == 0 ? 0 : 1);

    /// <summary>One warning with its place and excerpt.</summary>
    public static string Describe(StageList file, string fileName, CheckWarning warning) =>
        $"WARNING: {warning.Rule.Name} - {warning.Rule.Url}\n{warning.Message}\n{fileName}:{warning.Place.Line}:{warning.Place.Column}\n"
        + $"--------------------\n{warning.Place.Excerpt(file.Source.Lines, warning.Lines)}--------------------\n";

    private static string Text(StageList file, string fileName, IReadOnlyList<CheckWarning> warnings)
    {
        if (warnings.Count == 0)
        {
            return "Check complete, no warnings found.\n";
        }

        var text = new StringBuilder($"Check complete, {warnings.Count} warning{(warnings.Count == 1 ? " has" : "s have")} been found!\n");
        foreach (var warning in warnings)
        {
            text.Append('\n').Append(Describe(file, fileName, warning));
        }

        return text.ToString();
    }

    private static string Json(StageList file, string fileName, IReadOnlyList<CheckWarning> warnings) => BuildCalls.Write(writer =>
    {
        if (warnings.Count > 0)
        {
            writer.WriteStartArray("warnings");
            foreach (var warning in warnings)
            {
                writer.WriteStartObject();
                writer.WriteString("ruleName", warning.Rule.Name);
                writer.WriteString("description", warning.Rule.Description);
                writer.WriteString("url", warning.Rule.Url);
                writer.WriteString("detail", warning.Message);
                BuildCalls.WriteLocation(writer, warning.Lines, warning.Place);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        BuildCalls.WriteSources(writer, fileName, file.Source.Lines);
    });
}
