using System.Globalization;
using System.Text;
using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Output;
using Wharf.Primitives;
using Wharf.Templates.Formatting;

namespace Wharf.Cli.Engine;

/// <summary><c>system df -v</c>: a table for each kind.</summary>
internal static class DiskUsageDetails
{
    private const int CommandWidth = 20;

    public static string Render(JsonElement usage, TimeProvider clock)
    {
        var page = new StringBuilder("Images space usage:\n\n");
        page.Append(TabWriter.Align("REPOSITORY\tTAG\tIMAGE ID\tCREATED\tSIZE\tSHARED SIZE\tUNIQUE SIZE\tCONTAINERS\n" + string.Concat(usage.Items("Images").Select(i => Image(i, clock)))));
        page.Append("\nContainers space usage:\n\n");
        page.Append(TabWriter.Align("CONTAINER ID\tIMAGE\tCOMMAND\tLOCAL VOLUMES\tSIZE\tCREATED\tSTATUS\tNAMES\n" + string.Concat(usage.Items("Containers").Select(c => Container(c, clock)))));
        page.Append("\nLocal Volumes space usage:\n\n");
        page.Append(TabWriter.Align("VOLUME NAME\tLINKS\tSIZE\n" + string.Concat(usage.Items("Volumes").Select(Volume))));
        page.Append("\nBuild cache usage: ").Append(Units.Size(usage.Items("BuildCache").Sum(c => c.Number("Size")), 4)).Append("\n\n");
        page.Append(TabWriter.Align("CACHE ID\tCACHE TYPE\tSIZE\tCREATED\tLAST USED\tUSAGE\tSHARED\n" + string.Concat(usage.Items("BuildCache").Select(c => Cache(c, clock)))));
        return page.ToString();
    }

    private static string Image(JsonElement image, TimeProvider clock)
    {
        string name = image.Texts("RepoTags").FirstOrDefault() ?? "<none>:<none>";
        ImageReference? reference = ImageReference.TryParse(name, out ImageReference? parsed) ? parsed : null;
        long size = image.Number("Size");
        long shared = Math.Max(0, image.Number("SharedSize"));
        return Row(reference?.FamiliarName ?? "<none>", reference?.Tag ?? "<none>", Units.ShortId(image.Text("Id")), Ago(image.Number("Created"), clock),
            Units.Size(size), Units.Size(shared, 4), Units.Size(size - shared, 4), image.Number("Containers").ToString(CultureInfo.InvariantCulture));
    }

    private static string Container(JsonElement container, TimeProvider clock) => Row(
        Units.ShortId(container.Text("Id")), container.Text("Image"), GoQuote.Quote(Units.Ellipsis(container.Text("Command"), CommandWidth)),
        container.Items("Mounts").Count(m => m.Text("Driver") == "local").ToString(CultureInfo.InvariantCulture), Units.Size(container.Number("SizeRw")),
        Ago(container.Number("Created"), clock), container.Text("Status"), string.Join(',', container.Texts("Names").Select(n => n.TrimStart('/'))));

    private static string Volume(JsonElement volume)
    {
        JsonElement data = volume.Member("UsageData") ?? default;
        return Row(volume.Text("Name"), data.Number("RefCount").ToString(CultureInfo.InvariantCulture), Units.Size(Math.Max(0, data.Number("Size")), 4));
    }

    private static string Cache(JsonElement cache, TimeProvider clock) => Row(
        Units.ShortId(cache.Text("ID")), cache.Text("Type"), Units.Size(cache.Number("Size"), 4), Ago(cache.Text("CreatedAt"), clock), Ago(cache.Text("LastUsedAt"), clock),
        cache.Number("UsageCount").ToString(CultureInfo.InvariantCulture), cache.Flag("Shared") ? "true" : "false");

    private static string Row(params string[] cells) => string.Join('\t', cells) + "\n";

    private static string Ago(long seconds, TimeProvider clock) =>
        Units.Duration(clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)) + " ago";

    private static string Ago(string time, TimeProvider clock) =>
        DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, out DateTimeOffset parsed) ? Units.Duration(clock.GetUtcNow() - parsed) + " ago" : "";
}
