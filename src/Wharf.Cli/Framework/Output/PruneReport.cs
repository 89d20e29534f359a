using System.Text.Json;

namespace Wharf.Cli.Framework.Output;

/// <summary>The answers of the prune endpoints.</summary>
internal static class PruneReport
{
    public static IEnumerable<string> Strings(JsonDocument report, string name) =>
        report.RootElement.TryGetProperty(name, out JsonElement list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(e => e.GetString() ?? "")
            : [];

    public static long Freed(JsonDocument report) =>
        report.RootElement.TryGetProperty("SpaceReclaimed", out JsonElement freed) && freed.TryGetInt64(out long bytes) ? bytes : 0;
}
