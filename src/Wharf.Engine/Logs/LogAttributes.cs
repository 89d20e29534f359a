using System.Text.RegularExpressions;
using Wharf.Api.Containers;
using Wharf.Engine.Containers;
using Wharf.Primitives;

namespace Wharf.Engine.Logs;

/// <summary>What the options <c>labels</c>, <c>labels-regex</c>, <c>env</c>, <c>env-regex</c> and <c>tag</c> add to each line of a log.</summary>
internal static class LogAttributes
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <exception cref="WharfException">InvalidArgument: the pattern of <c>labels-regex</c> or <c>env-regex</c> is none.</exception>
    public static void CheckPattern(string pattern) => _ = Pattern(pattern);

    /// <returns>Null for none.</returns>
    public static Dictionary<string, string>? Of(ContainerRecord record, IReadOnlyDictionary<string, string> options)
    {
        var attributes = Chosen(record.Config, options);
        if (options.TryGetValue("tag", out string? tag) && tag.Length > 0)
        {
            attributes["tag"] = LogTag.Of(tag, record);
        }

        return attributes.Count == 0 ? null : attributes;
    }

    /// <summary>The chosen labels and variables alone.</summary>
    public static Dictionary<string, string> Chosen(ContainerConfig config, IReadOnlyDictionary<string, string> options)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        Func<string, bool> labels = Choice(options, "labels"), variables = Choice(options, "env");
        foreach ((string name, string value) in config.Labels ?? [])
        {
            if (labels(name))
            {
                attributes[name] = value;
            }
        }

        foreach (string line in config.Env ?? [])
        {
            int equals = line.IndexOf('=');
            if (equals > 0 && variables(line[..equals]))
            {
                attributes[line[..equals]] = line[(equals + 1)..];
            }
        }

        return attributes;
    }

    private static Func<string, bool> Choice(IReadOnlyDictionary<string, string> options, string key)
    {
        HashSet<string> names = [.. options.GetValueOrDefault(key, "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        Regex? pattern = options.GetValueOrDefault(key + "-regex") is { Length: > 0 } text ? Pattern(text) : null;
        return name => names.Contains(name) || pattern?.IsMatch(name) == true;
    }

    // Without backtracking, as Go's own: a pattern of the user's must not stop a start.
    private static Regex Pattern(string text)
    {
        try
        {
            return new Regex(text, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, Patience);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw WharfException.Invalid($"error parsing regexp: {e.Message}");
        }
    }
}
