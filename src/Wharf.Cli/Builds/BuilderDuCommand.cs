using System.Globalization;
using System.Text;
using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Client.Http;

namespace Wharf.Cli.Builds;

/// <summary><c>builder du</c>: cached steps and cache mounts with their sizes.</summary>
internal static class BuilderDuCommand
{
    public static Command Definition => new("du", "Disk usage of the build cache")
    {
        Arity = Arity.None,
        Flags = [new("verbose", FlagKind.Bool, "Provide a more verbose output")],
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        using EngineReply reply = await call.Cli.Client.SendAsync("GET", "/system/df?type=build-cache&verbose=1", null, ct);
        using JsonDocument usage = JsonDocument.Parse(await reply.ReadAllAsync(ct));
        List<JsonElement> records = Records(usage.RootElement);
        call.Cli.Out.WriteForeign(call.Bool("verbose") ? string.Concat(records.Select(Describe)) : Table(records, call.Cli.Clock));
        long shared = records.Where(r => r.Flag("Shared")).Sum(r => r.Number("Size")), total = records.Sum(r => r.Number("Size"));
        call.Cli.Out.Write(TabWriter.Align($"Shared:\t{Units.Size(shared, 4)}\nPrivate:\t{Units.Size(total - shared, 4)}\n"
            + $"Reclaimable:\t{Units.Size(records.Where(r => !r.Flag("InUse")).Sum(r => r.Number("Size")), 4)}\nTotal:\t{Units.Size(total, 4)}\n"));
        return 0;
    }

    // From API 1.52 on the list is a member of its kind's summary.
    private static List<JsonElement> Records(JsonElement usage) =>
        usage.Member("BuildCacheUsage") is { } summary ? [.. summary.Items("Items")] : [.. usage.Items("BuildCache")];

    private static string Table(List<JsonElement> records, TimeProvider clock)
    {
        var rows = new StringBuilder("ID\tRECLAIMABLE\tSIZE\tLAST ACCESSED\n");
        foreach (JsonElement record in records)
        {
            string used = DateTimeOffset.TryParse(record.Text("LastUsedAt"), CultureInfo.InvariantCulture, out DateTimeOffset time) ? Units.Duration(clock.GetUtcNow() - time) + " ago" : "";
            rows.Append($"{record.Text("ID")}{(record.Flag("Shared") ? "*" : "")}\t{(record.Flag("InUse") ? "false" : "true")}\t{Units.Size(record.Number("Size"), 4)}\t{used}\n");
        }

        return TabWriter.Align(rows.ToString());
    }

    private static string Describe(JsonElement record) => TabWriter.Align(
        $"ID:\t{record.Text("ID")}\nParents:\t{string.Join(", ", record.Texts("Parents"))}\nCreated at:\t{record.Text("CreatedAt")}\nMutable:\t{Yes(record.Text("Type") != "regular")}\n"
        + $"Reclaimable:\t{Yes(!record.Flag("InUse"))}\nShared:\t{Yes(record.Flag("Shared"))}\nSize:\t{Units.Size(record.Number("Size"), 4)}\n"
        + $"Description:\t{record.Text("Description").Replace('\n', ' ').Replace('\t', ' ')}\nUsage count:\t{record.Number("UsageCount")}\nLast used:\t{record.Text("LastUsedAt")}\nType:\t{record.Text("Type")}\n") + "\n";

    private static string Yes(bool value) => value ? "true" : "false";
}
