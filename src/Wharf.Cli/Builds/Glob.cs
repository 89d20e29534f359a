namespace Wharf.Cli.Builds;

/// <summary>Go's filepath.Match for one path segment: <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[^a]</c>, backslash escapes.</summary>
internal static class Glob
{
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int p = 0;
        int t = 0;
        int star = -1;
        int mark = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                mark = t;
            }
            else if (p < pattern.Length && One(pattern, p, text[t], out int next))
            {
                p = next;
                t++;
            }
            else if (star >= 0)
            {
                // the last star takes one character more
                p = star + 1;
                t = ++mark;
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

    private static bool One(ReadOnlySpan<char> pattern, int at, char c, out int next)
    {
        next = at + 1;
        switch (pattern[at])
        {
            case '?':
                return true;
            case '[':
                return Class(pattern, at, c, out next);
            case '\\' when at + 1 < pattern.Length:
                next = at + 2;
                return pattern[at + 1] == c;
            default:
                return pattern[at] == c;
        }
    }

    private static bool Class(ReadOnlySpan<char> pattern, int at, char c, out int next)
    {
        int i = at + 1;
        bool negated = i < pattern.Length && pattern[i] == '^';
        i += negated ? 1 : 0;
        bool found = false;
        while (i < pattern.Length && pattern[i] != ']')
        {
            char low = Char(pattern, ref i);
            char high = low;
            if (i + 1 < pattern.Length && pattern[i] == '-' && pattern[i + 1] != ']')
            {
                i++;
                high = Char(pattern, ref i);
            }

            found |= c >= low && c <= high;
        }

        next = Math.Min(i + 1, pattern.Length);
        return i < pattern.Length && found != negated;
    }

    private static char Char(ReadOnlySpan<char> pattern, ref int i)
    {
        if (pattern[i] == '\\' && i + 1 < pattern.Length)
        {
            i++;
        }

        return pattern[i++];
    }
}
