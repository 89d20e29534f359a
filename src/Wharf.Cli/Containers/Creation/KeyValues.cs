namespace Wharf.Cli.Containers.Creation;

/// <summary>Lists of <c>KEY=VALUE</c>.</summary>
internal static class KeyValues
{
    /// <summary>A later key wins; a key without an equals sign has an empty value.</summary>
    public static Dictionary<string, string> ToMap(IEnumerable<string> pairs)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string pair in pairs)
        {
            int equals = pair.IndexOf('=');
            map[equals < 0 ? pair : pair[..equals]] = equals < 0 ? "" : pair[(equals + 1)..];
        }

        return map;
    }
}
