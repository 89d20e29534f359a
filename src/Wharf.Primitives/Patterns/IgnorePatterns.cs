namespace Wharf.Primitives;

/// <summary>
/// The rules of a .dockerignore file: one pattern a line, in order, the last that matches decides; <c>!</c> takes a path back in, <c>**</c> crosses
/// folders, <c>#</c> starts a comment. Source: Docker's manual, "Build context", ".dockerignore files".
/// </summary>
public sealed class IgnorePatterns
{
    private readonly List<(PathPattern Pattern, bool Include)> _rules = [];

    private IgnorePatterns()
    {
    }

    /// <summary>True when a rule begins with <c>!</c>: then an excluded folder may still hold wanted files.</summary>
    public bool HasExceptions { get; private set; }

    public bool IsEmpty => _rules.Count == 0;

    /// <exception cref="WharfException">InvalidArgument naming the pattern that is malformed.</exception>
    public static IgnorePatterns Parse(string text) =>
        Of(text.TrimStart('\ufeff').Split('\n').Select(l => l.TrimEnd('\r')).Where(l => !l.StartsWith('#')));

    /// <exception cref="WharfException">InvalidArgument naming the pattern that is malformed.</exception>
    public static IgnorePatterns Of(IEnumerable<string> patterns)
    {
        var result = new IgnorePatterns();
        foreach (string line in patterns)
        {
            string pattern = line.Trim();
            if (pattern.Length == 0)
            {
                continue;
            }

            bool include = pattern[0] == '!';
            if (include)
            {
                pattern = pattern[1..].Trim();
                result.HasExceptions = true;
                if (pattern.Length == 0)
                {
                    throw WharfException.Invalid("illegal exclusion pattern: \"!\"");
                }
            }

            pattern = PathPattern.Clean(pattern);
            if (pattern.Length > 1 && pattern[0] == '/')
            {
                pattern = pattern[1..];
            }

            result._rules.Add((new PathPattern(pattern), include));
        }

        return result;
    }

    /// <summary>True when a path (relative to the context, forward slashes) is left out: it or a folder above it matches.</summary>
    public bool IsIgnored(string path)
    {
        bool ignored = false;
        foreach ((PathPattern pattern, bool include) in _rules)
        {
            // A rule can change the verdict in one direction only.
            if (include == ignored && pattern.MatchesOrCovers(path))
            {
                ignored = !include;
            }
        }

        return ignored;
    }

    /// <summary>True when nothing below an ignored folder can come back, so that it need not be walked.</summary>
    public bool CanSkipBelow(string folder)
    {
        if (!IsIgnored(folder))
        {
            return false;
        }

        bool open = false;
        foreach ((PathPattern pattern, bool include) in _rules)
        {
            open = include ? open || pattern.CouldMatchBelow(folder) : open && !pattern.MatchesOrCovers(folder);
        }

        return !open;
    }
}
