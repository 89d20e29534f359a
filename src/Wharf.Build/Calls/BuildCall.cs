using System.Text;
using System.Text.Json;
using Wharf.Primitives;

namespace Wharf.Build.Calls;

/// <summary>What a client wants to know of a Dockerfile instead of building it (<c>build --call</c>).</summary>
public enum BuildCall
{
    Build = 0,

    /// <summary>check and lint: which rules it breaks.</summary>
    Check,

    /// <summary>Arguments, secrets, ssh agents and caches that a target takes.</summary>
    Outline,

    /// <summary>The stages that can be built.</summary>
    Targets,
}

/// <summary>The answer to a call, for people and for programs.</summary>
/// <param name="Text">Several lines.</param>
/// <param name="Json">A JSON object with the members that BuildKit's answer has.</param>
/// <param name="ExitCode">What the client is to exit with: 1 when rules are broken.</param>
public sealed record BuildCallAnswer(string Text, string Json, int ExitCode);

/// <summary>Reads and writes what calls have in common.</summary>
public static class BuildCalls
{
    /// <exception cref="WharfException">InvalidArgument naming the method.</exception>
    public static BuildCall Parse(string? method) => method switch
    {
        null or "" or "build" => BuildCall.Build,
        "check" or "lint" => BuildCall.Check,
        "outline" => BuildCall.Outline,
        "targets" => BuildCall.Targets,
        _ => throw WharfException.Invalid($"unsupported call \"{method}\": use build, check, lint, outline or targets"),
    };

    internal static string Write(Action<Utf8JsonWriter> members)
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(memory.ToArray());
    }

    /// <summary>The file as the answers of BuildKit carry it: once, referred to by number.</summary>
    internal static void WriteSources(Utf8JsonWriter writer, string fileName, IReadOnlyList<string> lines)
    {
        writer.WriteStartArray("sources");
        writer.WriteStartObject();
        writer.WriteString("filename", fileName);
        writer.WriteString("language", "Dockerfile");
        writer.WriteBase64String("data", Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    internal static void WriteLocation(Utf8JsonWriter writer, Dockerfile.SourceRange lines, Dockerfile.SourcePlace? place = null)
    {
        writer.WriteStartObject("location");
        writer.WriteStartArray("ranges");
        writer.WriteStartObject();
        WritePosition(writer, "start", place?.Line ?? lines.Start, place?.Column);
        WritePosition(writer, "end", place?.Line ?? lines.End, place is { } p ? p.Column + p.Length : null);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteNumber("sourceIndex", 0);
        writer.WriteEndObject();
    }

    /// <summary>Rows with columns as wide as they need to be, three blanks between.</summary>
    internal static string Table(IReadOnlyList<string[]> rows)
    {
        int columns = rows.Max(r => r.Length);
        int[] widths = [.. Enumerable.Range(0, columns).Select(c => rows.Max(r => r[c].Length))];
        var text = new StringBuilder();
        foreach (string[] row in rows)
        {
            text.Append(string.Join("   ", row.Select((cell, c) => cell.PadRight(widths[c]))).TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    private static void WritePosition(Utf8JsonWriter writer, string name, int line, int? column)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("line", line);
        if (column is { } c)
        {
            writer.WriteNumber("character", c - 1);
        }

        writer.WriteEndObject();
    }
}
