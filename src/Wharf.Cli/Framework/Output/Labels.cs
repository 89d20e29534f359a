namespace Wharf.Cli.Framework.Output;

/// <summary>Labels in tables: <c>a=b,c=d</c>, by name.</summary>
internal static class Labels
{
    public static string Join(Dictionary<string, string>? labels) => labels is null
        ? ""
        : string.Join(',', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => l.Key + "=" + l.Value));
}
