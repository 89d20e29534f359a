using Wharf.Api.Images;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Client.Http;

namespace Wharf.Cli.Images;

internal static class HistoryCommand
{
    private const int CommandWidth = 45;
    private const string Table = "{{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}";
    private const string PlainTable = "{{.ID}}\t{{.CreatedAt}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}";

    public static Command Definition => new("history", "Show the history of an image")
    {
        Usage = "[OPTIONS] IMAGE",
        Aliases = ["image history", "history"],
        Arity = Arity.Exactly(1),
        Flags =
        [
            new("format", FlagKind.String, FormatHelp.List),
            new("human", 'H', FlagKind.Bool, "Print sizes and dates in human readable format", "true"),
            new("no-trunc", FlagKind.Bool, "Don't truncate output"),
            new("platform", FlagKind.String, "Show history for the given platform. Formatted as \"os[/arch[/variant]]\" (e.g., \"linux/amd64\")"),
            new("quiet", 'q', FlagKind.Bool, "Only show image IDs"),
        ],
        Complete = Completion.Images,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        bool human = call.Bool("human");
        string format = call.String("format") is { Length: > 0 } given ? given : "table";
        var query = new Query { { "platform", PlatformJson.Of(call.String("platform")) } };
        List<ImageHistoryResponseItem> history = await cli.Client.ImageHistoryAsync(call.Arguments[0], query, ct);
        cli.Out.Write(TableFormat.Render(
            format == "table" && call.Bool("quiet") ? "{{.ID}}" : format, human ? Table : PlainTable, "*image.historyContext",
            Columns(cli.Clock, human, call.Bool("no-trunc")), history));
        return 0;
    }

    private static Column<ImageHistoryResponseItem>[] Columns(TimeProvider clock, bool human, bool noTrunc) =>
    [
        new("ID", "IMAGE", h => noTrunc ? h.Id : Units.ShortId(h.Id ?? "")),
        new("CreatedAt", "CREATED AT", h => Iso(h.Created)),
        new("CreatedSince", "CREATED", h => human
            ? h.Created <= 0 ? "N/A" : Units.Duration(clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(h.Created)) + " ago"
            : Iso(h.Created)),
        new("CreatedBy", "CREATED BY", h =>
        {
            string by = (h.CreatedBy ?? "").Replace('\t', ' ');
            return noTrunc ? by : Units.Ellipsis(by, CommandWidth);
        }),
        new("Size", "SIZE", h => human ? Units.Size(h.Size) : h.Size.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        new("Comment", "COMMENT", h => h.Comment ?? ""),
    ];

    private static string Iso(long seconds)
    {
        DateTimeOffset local = DateTimeOffset.FromUnixTimeSeconds(seconds).ToLocalTime();
        return local.Offset == TimeSpan.Zero
            ? local.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)
            : local.ToString("yyyy-MM-dd'T'HH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture);
    }
}
