namespace Wharf.Primitives;

/// <summary>
/// One pattern over slash-separated paths with Go's filepath.Match signs (<c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[^a]</c>, backslash) and
/// <c>**</c> for any number of folders.
/// </summary>
public sealed class PathPattern
{
    private readonly string[] _parts;

    /// <exception cref="WharfException">InvalidArgument: "syntax error in pattern", with the pattern.</exception>
    public PathPattern(string pattern)
    {
        Text = pattern;
        _parts = pattern.Split('/');
        foreach (string part in _parts)
        {
            Validate(part, pattern);
        }
    }

    public string Text { get; }

    /// <summary>True when the pattern holds a sign, so that it can match several names.</summary>
    public static bool HasWildcards(string text) => text.AsSpan().ContainsAny("*?[\\");

    public bool Matches(string path) => Match(path.Split('/'), prefix: false);

    /// <summary>True when the path or one of the folders above it matches.</summary>
    public bool MatchesOrCovers(string path) => Match(path.Split('/'), prefix: true);

    /// <summary>True unless no path below <paramref name="folder"/> can match.</summary>
    public bool CouldMatchBelow(string folder)
    {
        string[] names = folder.Split('/');
        for (int i = 0; i < names.Length; i++)
        {
            if (i >= _parts.Length || _parts[i] == "**")
            {
                return true;
            }

            if (!MatchPart(_parts[i], names[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Go's filepath.Clean for slash paths: no empty or dot components, <c>..</c> resolved where it can be, no slash at the end.</summary>
    public static string Clean(string path)
    {
        bool rooted = path.StartsWith('/');
        var kept = new List<string>();
        foreach (string part in path.Split('/'))
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part == ".." && kept.Count > 0 && kept[^1] != "..")
            {
                kept.RemoveAt(kept.Count - 1);
            }
            else if (part != ".." || !rooted)
            {
                kept.Add(part);
            }
        }

        string joined = string.Join('/', kept);
        return rooted ? "/" + joined : joined.Length == 0 ? "." : joined;
    }

    // Only the last ** ever takes more: whatever an earlier one could leave to it, it can take itself. So the time grows with the product of the lengths and
    // not, as with trying every way, with a power of the number of **.
    private bool Match(string[] names, bool prefix)
    {
        int part = 0, name = 0, deep = -1, taken = 0;
        while (true)
        {
            if (part == _parts.Length)
            {
                if (name == names.Length || (prefix && name > 0))
                {
                    return true;
                }
            }
            else if (_parts[part] == "**")
            {
                if (part == _parts.Length - 1)
                {
                    return true;
                }

                deep = part++;
                taken = name;
                continue;
            }
            else if (name < names.Length && MatchPart(_parts[part], names[name]))
            {
                part++;
                name++;
                continue;
            }

            if (deep < 0 || taken == names.Length)
            {
                return false;
            }

            name = ++taken;
            part = deep + 1;
        }
    }

    private static bool MatchPart(string pattern, string name)
    {
        int p = 0, n = 0, star = -1, mark = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                mark = n;
            }
            else if (p < pattern.Length && MatchOne(pattern, p, name[n], out int next))
            {
                p = next;
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++mark;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
        {
            p++;
        }

        return p == pattern.Length;
    }

    private static bool MatchOne(string pattern, int at, char c, out int next)
    {
        switch (pattern[at])
        {
            case '?':
                next = at + 1;
                return true;
            case '\\' when at + 1 < pattern.Length:
                next = at + 2;
                return pattern[at + 1] == c;
            case '[':
                return MatchClass(pattern, at, c, out next);
            default:
                next = at + 1;
                return pattern[at] == c;
        }
    }

    private static bool MatchClass(string pattern, int at, char c, out int next)
    {
        int i = at + 1;
        bool negated = i < pattern.Length && pattern[i] == '^';
        if (negated)
        {
            i++;
        }

        bool found = false;
        bool first = true;
        while (first || pattern[i] != ']')
        {
            first = false;
            char low = ClassChar(pattern, ref i);
            char high = low;
            if (pattern[i] == '-' && pattern[i + 1] != ']')
            {
                i++;
                high = ClassChar(pattern, ref i);
            }

            found |= low <= c && c <= high;
        }

        next = i + 1;
        return found != negated;
    }

    private static char ClassChar(string pattern, ref int i)
    {
        if (pattern[i] == '\\')
        {
            i++;
        }

        return pattern[i++];
    }

    private static WharfException Malformed(string pattern) => WharfException.Invalid($"syntax error in pattern: \"{pattern}\"");

    private static void Validate(string part, string whole)
    {
        for (int i = 0; i < part.Length; i++)
        {
            if (part[i] == '\\')
            {
                i = i + 1 < part.Length ? i + 1 : throw Malformed(whole);
            }
            else if (part[i] == '[')
            {
                i++;
                i += i < part.Length && part[i] == '^' ? 1 : 0;
                int start = i;
                while (i < part.Length && (i == start || part[i] != ']'))
                {
                    i += part[i] == '\\' ? 2 : 1;
                    if (i < part.Length && part[i] == '-' && i + 1 < part.Length && part[i + 1] != ']')
                    {
                        i++;
                    }
                }

                if (i >= part.Length)
                {
                    throw Malformed(whole);
                }
            }
        }
    }
}
