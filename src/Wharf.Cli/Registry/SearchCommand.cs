using System.Globalization;
using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Cli.Registry;

internal static class SearchCommand
{
    private const int DescriptionWidth = 45;
    private const string Table = "{{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}";

    public static Command Definition => new("search", "Search Docker Hub for images")
    {
        Usage = "[OPTIONS] TERM",
        Arity = Arity.Exactly(1),
        Flags =
        [
            new("filter", 'f', FlagKind.Filter, "Filter output based on conditions provided"),
            new("format", FlagKind.String, "Pretty-print search using a Go template"),
            new("limit", FlagKind.Int, "Max number of search results"),
            new("no-trunc", FlagKind.Bool, "Don't truncate output"),
        ],
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        string term = call.Arguments[0];
        ImageReference? image = ImageReference.TryParse(term, out ImageReference? parsed) ? parsed : null;
        string header = new Credentials(cli.Config).Get(Credentials.KeyOf(image?.Domain ?? ImageReference.DefaultDomain)).ToHeader();
        var query = new Query { { "term", term }, { "limit", call.Int("limit") > 0 ? call.Int("limit").ToString(CultureInfo.InvariantCulture) : null } };
        query.AddFilters(Filters.From(call));
        using EngineReply reply = await cli.Client.SendAsync("GET", "/images/search" + query, null, ct, [new("X-Registry-Auth", header)]);
        using JsonDocument results = JsonDocument.Parse(await reply.ReadAllAsync(ct));
        bool noTrunc = call.Bool("no-trunc");
        Column<JsonElement>[] columns =
        [
            new("Name", "NAME", r => r.Text("name")),
            new("Description", "DESCRIPTION", r =>
            {
                string text = r.Text("description").ReplaceLineEndings(" ");
                return noTrunc ? text : Units.Ellipsis(text, DescriptionWidth);
            }),
            new("StarCount", "STARS", r => r.Number("star_count").ToString(CultureInfo.InvariantCulture)),
            new("IsOfficial", "OFFICIAL", r => r.Flag("is_official") ? "[OK]" : ""),
            new("IsAutomated", "AUTOMATED", r => r.Flag("is_automated") ? "[OK]" : ""),
        ];
        IEnumerable<JsonElement> rows = results.RootElement.ValueKind == JsonValueKind.Array ? results.RootElement.EnumerateArray() : [];
        cli.Out.Write(TableFormat.Render(call.String("format") is { Length: > 0 } f ? f : "table", Table, "*formatter.searchContext", columns,
            rows.OrderByDescending(r => r.Number("star_count")).ThenBy(r => r.Text("name"), StringComparer.Ordinal)));
        return 0;
    }
}
