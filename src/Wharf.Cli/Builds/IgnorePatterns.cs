using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Builds;

/// <summary>
/// The rules of a <c>.dockerignore</c>: the last rule that matches a path or one of its parents decides, an exclamation mark takes a
/// path back in, <c>**</c> stands for any number of directories. Patterns are relative to the context's root.
/// </summary>
internal sealed class IgnorePatterns
{
    private readonly List<(string[] Segments, bool Exception)> _rules = [];

    public bool HasExceptions { get; private set; }

    public static IgnorePatterns Parse(string text)
    {
        var patterns = new IgnorePatterns();
        foreach (string raw in text.TrimStart('\uFEFF').Split('\n'))
        {
            string line = raw.Trim();
            if (line.Length == 0 || raw.StartsWith('#'))
            {
                continue;
            }

            bool exception = line[0] == '!';
            line = exception ? line[1..].Trim() : line;
            if (line.Length == 0)
            {
                throw new CommandException(exception ? "illegal exclusion pattern: \"!\"" : "illegal pattern");
            }

            patterns.Add(Clean(line), exception);
        }

        return patterns;
    }

    public void Add(string pattern, bool exception)
    {
        _rules.Add((pattern.Split('/'), exception));
        HasExceptions |= exception;
    }

    /// <summary>The same rules for the folder's content below another name.</summary>
    public IgnorePatterns Below(string folder)
    {
        var moved = new IgnorePatterns();
        string[] prefix = folder.Split('/');
        foreach ((string[] segments, bool exception) in _rules)
        {
            moved._rules.Add(([.. prefix, .. segments], exception));
            moved.HasExceptions |= exception;
        }

        return moved;
    }

    /// <param name="path">Relative to the root, with slashes.</param>
    public bool Excludes(string path)
    {
        string[] segments = path.Split('/');
        bool excluded = false;
        foreach ((string[] rule, bool exception) in _rules)
        {
            // a rule can only change the verdict in its own direction
            if (exception == excluded && MatchesOrParent(rule, segments))
            {
                excluded = !exception;
            }
        }

        return excluded;
    }

    private static bool MatchesOrParent(string[] rule, string[] path)
    {
        for (int length = path.Length; length > 0; length--)
        {
            if (Matches(rule, path.AsSpan(0, length)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Matches(ReadOnlySpan<string> rule, ReadOnlySpan<string> path)
    {
        while (rule.Length > 0)
        {
            if (rule[0] == "**")
            {
                if (rule.Length == 1)
                {
                    return true;
                }

                for (int skip = 0; skip <= path.Length; skip++)
                {
                    if (Matches(rule[1..], path[skip..]))
                    {
                        return true;
                    }
                }

                return false;
            }

            if (path.Length == 0 || !Glob.Matches(rule[0], path[0]))
            {
                return false;
            }

            rule = rule[1..];
            path = path[1..];
        }

        return path.Length == 0;
    }

    private static string Clean(string pattern)
    {
        var parts = new List<string>();
        foreach (string part in pattern.Split('/'))
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != "..")
            {
                parts.Add(part);
            }
        }

        return parts.Count == 0 ? "." : string.Join('/', parts);
    }
}
