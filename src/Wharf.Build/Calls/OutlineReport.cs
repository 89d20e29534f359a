using System.Text;
using Wharf.Build.Stages;

namespace Wharf.Build.Calls;

/// <summary><c>--call=outline</c>: what can be given to the build of a target.</summary>
public static class OutlineReport
{
    /// <param name="file">The file.</param>
    /// <param name="fileName">Its name for people.</param>
    /// <param name="graph">The stages that the target needs.</param>
    /// <param name="arguments">The build's arguments, those before the first FROM declared.</param>
    public static BuildCallAnswer Of(StageList file, string fileName, StageGraph graph, BuildArguments arguments)
    {
        var inputs = OutlineInputs.Of(file, graph, arguments);
        string name = graph.Target.From.WrittenStageName ?? "";
        string description = Descriptions.Of(graph.Target.From.Raw?.Comments, graph.Target.Name);

        var text = new StringBuilder();
        if (name.Length > 0)
        {
            text.Append($"TARGET:      {name}\n");
        }

        if (description.Length > 0)
        {
            text.Append($"DESCRIPTION: {description}\n");
        }

        Append(text, ["BUILD ARG", "VALUE", "DESCRIPTION"], inputs.Arguments.Select(a => new[] { a.Name, a.Value ?? "", a.Description }));
        Append(text, ["SECRET", "REQUIRED"], inputs.Secrets.Select(s => new[] { s.Name, s.Required ? "true" : "" }));
        Append(text, ["SSH", "REQUIRED"], inputs.Agents.Select(s => new[] { s.Name, s.Required ? "true" : "" }));
        string json = BuildCalls.Write(writer =>
        {
            if (name.Length > 0)
            {
                writer.WriteString("name", name);
            }

            if (description.Length > 0)
            {
                writer.WriteString("description", description);
            }

            writer.WriteStartArray("args");
            foreach (var argument in inputs.Arguments)
            {
                writer.WriteStartObject();
                writer.WriteString("name", argument.Name);
                if (argument.Description.Length > 0)
                {
                    writer.WriteString("description", argument.Description);
                }

                if (argument.Value is not null)
                {
                    writer.WriteString("value", argument.Value);
                }

                BuildCalls.WriteLocation(writer, argument.Lines);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            WriteNamed(writer, "secrets", inputs.Secrets);
            WriteNamed(writer, "ssh", inputs.Agents);
            if (inputs.Caches.Count > 0)
            {
                writer.WriteStartArray("cache");
                foreach (string cache in inputs.Caches)
                {
                    writer.WriteStartObject();
                    writer.WriteString("ID", cache);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }

            BuildCalls.WriteSources(writer, fileName, file.Source.Lines);
        });
        return new BuildCallAnswer(text.ToString().TrimStart('\n'), json, 0);
    }

    private static void Append(StringBuilder text, string[] head, IEnumerable<string[]> rows)
    {
        var all = rows.ToList();
        if (all.Count > 0)
        {
            text.Append('\n').Append(BuildCalls.Table([head, .. all]));
        }
    }

    private static void WriteNamed(System.Text.Json.Utf8JsonWriter writer, string name, IReadOnlyList<OutlineMount> items)
    {
        if (items.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (var item in items)
        {
            writer.WriteStartObject();
            writer.WriteString("name", item.Name);
            if (item.Required)
            {
                writer.WriteBoolean("required", true);
            }

            BuildCalls.WriteLocation(writer, item.Lines);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
