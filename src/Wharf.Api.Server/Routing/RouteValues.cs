namespace Wharf.Api.Server.Routing;

/// <summary>The values that a template's parts took from the path: never more than two, so a list beats a dictionary.</summary>
public sealed class RouteValues
{
    private readonly List<KeyValuePair<string, string>> values = new(2);

    public string this[string name]
    {
        get
        {
            foreach ((string key, string value) in values)
            {
                if (key == name)
                {
                    return value;
                }
            }

            throw new ArgumentException($"the route has no value {name}", nameof(name));
        }
    }

    internal void Clear() => values.Clear();

    // Kestrel leaves %2F in a path as it is, since only the application knows whether that slash separates; in names it does not.
    internal void Add(string name, string value) =>
        values.Add(new(name, value.Contains("%2F", StringComparison.OrdinalIgnoreCase)
            ? value.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase)
            : value));
}
