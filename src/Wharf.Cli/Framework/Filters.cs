using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Framework;

/// <summary>The <c>--filter</c> flags of a call, with those of the configuration (<c>pruneFilters</c>) for prune commands.</summary>
internal static class Filters
{
    public static List<KeyValuePair<string, string>> From(Invocation call, string flag = "filter") => [.. Parse(call.List(flag))];

    public static IEnumerable<KeyValuePair<string, string>> Parse(IEnumerable<string> filters)
    {
        foreach (string filter in filters)
        {
            int equals = filter.IndexOf('=');
            if (equals > 0)
            {
                yield return new(filter[..equals], filter[(equals + 1)..]);
            }
        }
    }
}
