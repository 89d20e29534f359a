using Wharf.Api.Versions;

namespace Wharf.Api.Server.Routing;

/// <summary>All routes of a server, found by method and path. The table is data: tests and documentation read the same list.</summary>
public sealed class RouteTable
{
    private readonly Dictionary<(string Method, string First), List<Entry>> entries = [];

    public RouteTable(IEnumerable<Route> routes)
    {
        Routes = [.. routes];
        foreach (Route route in Routes)
        {
            var template = new RouteTemplate(route.Template);
            string first = template.FirstLiteral ?? throw new ArgumentException($"{route.Template} must begin with a literal", nameof(routes));
            if (!entries.TryGetValue((route.Method, first), out List<Entry>? list))
            {
                entries[(route.Method, first)] = list = [];
            }

            list.Add(new Entry(route, template));
        }

        foreach (List<Entry> list in entries.Values)
        {
            // The particular before the general: /images/get before /images/{name...}; stable among equals.
            list.Sort((a, b) => (a.Template.HasCatchAll, -a.Template.Literals).CompareTo((b.Template.HasCatchAll, -b.Template.Literals)));
        }
    }

    public IReadOnlyList<Route> Routes { get; }

    /// <summary>The route for a path without its version prefix, or null.</summary>
    public Route? Find(string method, ReadOnlySpan<string> segments, ApiVersion version, out RouteValues values)
    {
        values = new RouteValues();
        if (segments.IsEmpty || !entries.TryGetValue((method, segments[0]), out List<Entry>? list))
        {
            return null;
        }

        foreach (Entry entry in list)
        {
            values.Clear();
            if (version >= entry.Route.Since && entry.Template.TryMatch(segments, values))
            {
                return entry.Route;
            }
        }

        return null;
    }

    private readonly record struct Entry(Route Route, RouteTemplate Template);
}
