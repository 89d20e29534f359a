using System.Text;

namespace Wharf.Build.Expansion;

/// <summary>The patterns of <c>${name#pattern}</c> and its kin: <c>*</c>, <c>?</c>, backslash. Matching is linear in text times pattern.</summary>
internal sealed class ShellPattern(string pattern)
{
    public string RemovePrefix(string value, bool greedy)
    {
        int best = -1;
        for (int length = 0; length <= value.Length; length++)
        {
            if (Matches(value.AsSpan(0, length)))
            {
                best = length;
                if (!greedy)
                {
                    break;
                }
            }
        }

        return best < 0 ? value : value[best..];
    }

    public string RemoveSuffix(string value, bool greedy)
    {
        int best = -1;
        for (int start = value.Length; start >= 0; start--)
        {
            if (Matches(value.AsSpan(start)))
            {
                best = start;
                if (!greedy)
                {
                    break;
                }
            }
        }

        return best < 0 ? value : value[..best];
    }

    public string Replace(string value, string replacement, bool all)
    {
        var result = new StringBuilder();
        int at = 0;
        while (at < value.Length)
        {
            int length = LongestAt(value, at);
            if (length <= 0)
            {
                result.Append(value[at++]);
                continue;
            }

            result.Append(replacement);
            at += length;
            if (!all)
            {
                break;
            }
        }

        return result.Append(value.AsSpan(Math.Min(at, value.Length))).ToString();
    }

    private int LongestAt(string value, int at)
    {
        for (int length = value.Length - at; length > 0; length--)
        {
            if (Matches(value.AsSpan(at, length)))
            {
                return length;
            }
        }

        return -1;
    }

    private bool Matches(ReadOnlySpan<char> text)
    {
        int p = 0, t = 0, star = -1, mark = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                mark = t;
            }
            else if (p < pattern.Length && MatchesOne(text[t], p, out int used))
            {
                p += used;
                t++;
            }
            else if (star >= 0)
            {
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

    private bool MatchesOne(char c, int at, out int used)
    {
        if (pattern[at] == '\\' && at + 1 < pattern.Length)
        {
            used = 2;
            return pattern[at + 1] == c;
        }

        used = 1;
        return pattern[at] == '?' || pattern[at] == c;
    }
}
