using System.Globalization;
using System.Text;
using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Client.Http;
using Wharf.Client.Streams;
using Wharf.Templates;

namespace Wharf.Cli.Engine;

internal static class EventsCommand
{
    public static Command Definition => new("events", "Get real time events from the server")
    {
        Usage = "[OPTIONS]",
        Aliases = ["system events", "events"],
        Arity = Arity.None,
        Flags =
        [
            new("filter", 'f', FlagKind.Filter, "Filter output based on conditions provided"),
            new("format", FlagKind.String, FormatHelp.Inspect),
            new("since", FlagKind.String, "Show all events created since timestamp"),
            new("until", FlagKind.String, "Stream events until this timestamp"),
        ],
        Run = new(RunAsync),
    };

    // A field that no event has is told before any event is waited for.
    private static ReadOnlySpan<byte> EmptyMessage =>
        """{"status":"","id":"","from":"","Type":"","Action":"","Actor":{"ID":"","Attributes":{}},"scope":"","time":0,"timeNano":0}"""u8;

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        string format = call.String("format");
        Template? template;
        try
        {
            template = format.Length == 0 ? null : Template.Parse(format == "json" ? "{{json .}}" : format, "");
            template?.Execute(Shape(EmptyMessage));
        }
        catch (TemplateException e)
        {
            throw new CommandException($"Error parsing format: {e.Message}", 64);
        }

        var query = new Query
        {
            { "since", Timestamps.ToQuery(call.String("since"), cli.Clock) },
            { "until", Timestamps.ToQuery(call.String("until"), cli.Clock) },
        };
        query.AddFilters(Filters.From(call));
        using EngineReply reply = await cli.Client.SendAsync("GET", "/events" + query, null, ct);
        await foreach (ReadOnlyMemory<byte> json in JsonLines.ReadRawAsync(reply.Body, ct))
        {
            if (template is null)
            {
                cli.Out.WriteForeign(Line(json) + "\n");
            }
            else
            {
                cli.Out.WriteLine(Formatted(template, json, cli.Foreign));
            }
        }

        return 0;
    }

    private static string Line(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement message = document.RootElement;
        var line = new StringBuilder();
        long nano = message.Number("timeNano");
        if (nano != 0)
        {
            line.Append(Time(nano)).Append(' ');
        }
        else if (message.Number("time") is not 0 and var seconds)
        {
            line.Append(Time(seconds * 1_000_000_000)).Append(' ');
        }

        JsonElement actor = message.Member("Actor") ?? default;
        line.Append(message.Text("Type")).Append(' ').Append(message.Text("Action")).Append(' ').Append(actor.Text("ID"));
        Dictionary<string, string> attributes = actor.Map("Attributes");
        if (attributes.Count > 0)
        {
            line.Append(" (").AppendJoin(", ", attributes.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key}={a.Value}")).Append(')');
        }

        return line.ToString();
    }

    private static string Time(long nanoseconds)
    {
        DateTimeOffset time = DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100).ToLocalTime();
        string zone = time.Offset == TimeSpan.Zero ? "Z" : time.ToString("zzz", CultureInfo.InvariantCulture);
        return time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)
            + "." + (nanoseconds % 1_000_000_000).ToString("D9", CultureInfo.InvariantCulture) + zone;
    }

    private static object? Shape(ReadOnlySpan<byte> json) => Framework.Inspection.InspectShape.Read(json, "*events.Message");

    private static string Formatted(Template template, ReadOnlyMemory<byte> json, TemplateOptions options)
    {
        try
        {
            return template.Execute(Shape(json.Span), options);
        }
        catch (TemplateException e)
        {
            throw new CommandException(e.Message);
        }
    }
}
