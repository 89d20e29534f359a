using System.Text;
using Wharf.Build.Expansion;
using Wharf.Build.Instructions;
using Wharf.Build.Mounts;
using Wharf.Build.Stages;
using Wharf.Primitives;

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
        var args = Arguments(file, graph, arguments);
        var mounts = graph.Stages.SelectMany(s => s.Instructions).OfType<RunInstruction>().SelectMany(r => r.Mounts.Select(Parse).OfType<RunMount>()).ToList();
        var secrets = Named(mounts, RunMountType.Secret);
        var agents = Named(mounts, RunMountType.Ssh);
        var caches = mounts.Where(m => m.Type == RunMountType.Cache).Select(m => m.Id ?? m.Target!).Distinct().ToList();
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

        Append(text, ["BUILD ARG", "VALUE", "DESCRIPTION"], args.Select(a => new[] { a.Name, a.Value ?? "", a.Description }));
        Append(text, ["SECRET", "REQUIRED"], secrets.Select(s => new[] { s.Name, s.Required ? "true" : "" }));
        Append(text, ["SSH", "REQUIRED"], agents.Select(s => new[] { s.Name, s.Required ? "true" : "" }));
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
            foreach (var argument in args)
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
            WriteNamed(writer, "secrets", secrets);
            WriteNamed(writer, "ssh", agents);
            if (caches.Count > 0)
            {
                writer.WriteStartArray("cache");
                foreach (string cache in caches)
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

    private static List<(string Name, string? Value, string Description, Dockerfile.SourceRange Lines)> Arguments(StageList file, StageGraph graph, BuildArguments arguments)
    {
        var found = new List<(string, string?, string, Dockerfile.SourceRange)>();
        var seen = new HashSet<string>();
        var used = new WordExpander(file.Source.Escape, arguments.Global);
        foreach (var instruction in file.GlobalArguments.Cast<Instruction>().Concat(graph.Stages.SelectMany(s => s.Instructions)).OfType<ArgInstruction>())
        {
            foreach (var argument in instruction.Arguments.Where(a => seen.Add(a.Name)))
            {
                string? value = arguments.Declare(argument.Name, argument.Default is null ? null : Expand(used, argument.Default));
                found.Add((argument.Name, value, Descriptions.Of(instruction.Raw?.Comments, argument.Name), instruction.Lines));
            }
        }

        return found;
    }

    private static string Expand(WordExpander expander, string word)
    {
        try
        {
            return expander.Expand(word);
        }
        catch (WharfException)
        {
            return word; // shown as it is written
        }
    }

    private static RunMount? Parse(string mount)
    {
        try
        {
            return RunMount.Parse(mount);
        }
        catch (WharfException)
        {
            return null; // holds variables that have no value here
        }
    }

    private static List<(string Name, bool Required)> Named(List<RunMount> mounts, RunMountType type) =>
    [
        .. mounts.Where(m => m.Type == type).GroupBy(m => m.Id ?? (type == RunMountType.Ssh ? "default" : Path.GetFileName(m.Target) ?? ""))
            .Select(g => (g.Key, g.Any(m => m.Required))),
    ];

    private static void Append(StringBuilder text, string[] head, IEnumerable<string[]> rows)
    {
        var all = rows.ToList();
        if (all.Count > 0)
        {
            text.Append('\n').Append(BuildCalls.Table([head, .. all]));
        }
    }

    private static void WriteNamed(System.Text.Json.Utf8JsonWriter writer, string name, List<(string Name, bool Required)> items)
    {
        if (items.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach ((string item, bool required) in items)
        {
            writer.WriteStartObject();
            writer.WriteString("name", item);
            if (required)
            {
                writer.WriteBoolean("required", true);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
