using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Client.Http;

namespace Wharf.Cli.Engine;

/// <summary><c>system check</c>: reads all that the engine stores, and mends what can be mended.</summary>
internal static class CheckCommand
{
    private const string Table = "{{.Subject}}\t{{.Problem}}\t{{.Repair}}";

    public static Command Definition => new("check", "Verify images, layers and containers on disk")
    {
        Usage = "[OPTIONS]",
        Description = "Verify every image, layer, blob and container directory on disk.\nEnds with status 1 when something is wrong that has not been repaired.",
        Arity = Arity.None,
        Flags =
        [
            new("format", FlagKind.String, FormatHelp.List),
            new("repair", FlagKind.Bool, "Unpack damaged layers again, drop damaged blobs, remove images that cannot run"),
        ],
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        using EngineReply reply = await cli.Client.SendAsync("POST", "/system/check" + new Query { { "repair", call.Bool("repair") } }, null, ct);
        using JsonDocument document = JsonDocument.Parse(await reply.ReadAllAsync(ct));
        List<JsonElement> problems = [.. document.RootElement.EnumerateArray()];
        if (problems.Count == 0 && call.String("format").Length == 0)
        {
            cli.Out.WriteLine("No problems found");
            return 0;
        }

        Column<JsonElement>[] columns =
        [
            new("Subject", "SUBJECT", p => p.Text("Subject")),
            new("Problem", "PROBLEM", p => p.Text("Problem")),
            new("Repair", "REPAIR", p => p.Text("Repair")),
        ];
        cli.Out.Write(TableFormat.Render(call.String("format") is { Length: > 0 } given ? given : "table", Table, "*formatter.checkContext", columns, problems));
        return problems.Exists(IsOpen) ? 1 : 0;
    }

    private static bool IsOpen(JsonElement problem) =>
        problem.Text("Repair") is "" || problem.Text("Repair").StartsWith("kept", StringComparison.Ordinal) || problem.Text("Repair").StartsWith("cannot", StringComparison.Ordinal);
}
