using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Wharf.Api.Builds;
using Wharf.Cli.Framework.Terminal;

namespace Wharf.Cli.Builds.Progress;

/// <summary>One JSON object a line with the members of BuildKit's SolveStatus: vertexes, logs, warnings.</summary>
internal sealed class RawJsonView(TextOutput output) : IBuildView
{
    public void Show(BuildEvent happened, StepModel? step)
    {
        if (happened.Type == "warning")
        {
            Write(writer =>
            {
                writer.WriteStartArray("warnings");
                writer.WriteStartObject();
                writer.WriteString("short", Convert.ToBase64String(Encoding.UTF8.GetBytes(happened.Text ?? "")));
                writer.WriteEndObject();
                writer.WriteEndArray();
            });
        }
        else if (step is not null && happened.Type is "started" or "finished")
        {
            Write(writer => Vertex(writer, step!));
        }
        else if (step is not null && happened is { Type: "log", Text: { } text })
        {
            Write(writer =>
            {
                writer.WriteStartArray("logs");
                writer.WriteStartObject();
                writer.WriteString("vertex", Id(step));
                writer.WriteNumber("stream", 1);
                writer.WriteString("data", Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));
                writer.WriteString("timestamp", Time(happened.Time ?? 0));
                writer.WriteEndObject();
                writer.WriteEndArray();
            });
        }
    }

    public void End()
    {
        // every line stands for itself
    }

    public void Dispose()
    {
        // lines are written at once
    }

    private static void Vertex(Utf8JsonWriter writer, StepModel step)
    {
        writer.WriteStartArray("vertexes");
        writer.WriteStartObject();
        writer.WriteString("digest", Id(step));
        writer.WriteString("name", step.Name);
        writer.WriteString("started", Time(step.Began));
        if (step.Ended is { } ended)
        {
            writer.WriteString("completed", Time(ended));
        }

        if (step.Outcome == "cached")
        {
            writer.WriteBoolean("cached", true);
        }

        if (step.Outcome is "failed" or "cancelled")
        {
            writer.WriteString("error", step.Outcome == "failed" ? "the step failed" : "context canceled");
        }

        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static string Id(StepModel step) =>
        "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{step.Number} {step.Began} {step.Name}"))));

    private static string Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private void Write(Action<Utf8JsonWriter> write)
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        memory.WriteByte((byte)'\n');
        output.Write(memory.ToArray());
    }
}
