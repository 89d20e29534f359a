namespace Wharf.Images.Catalog;

/// <summary>Go's path.Match, which the reference filter speaks: <c>*</c> and <c>?</c> stop at a slash, classes and escapes.</summary>
internal static class GoPathMatch
{
    /// <returns>Null for a malformed pattern.</returns>
    public static bool? IsMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        while (pattern.Length > 0)
        {
            switch (pattern[0])
            {
                case '*':
                    pattern = pattern.TrimStart('*');
                    for (int i = 0; i <= name.Length; i++)
                    {
                        if (IsMatch(pattern, name[i..]) is not false and var found)
                        {
                            return found;
                        }

                        if (i < name.Length && name[i] == '/')
                        {
                            return false;
                        }
                    }

                    return false;
                case '?':
                    if (name.Length == 0 || name[0] == '/')
                    {
                        return false;
                    }

                    pattern = pattern[1..];
                    name = name[1..];
                    break;
                case '[':
                    if (MatchClass(ref pattern, name.Length == 0 ? '\0' : name[0]) is not { } inClass)
                    {
                        return null;
                    }

                    if (name.Length == 0 || !inClass)
                    {
                        return false;
                    }

                    name = name[1..];
                    break;
                default:
                    if (pattern[0] == '\\' && (pattern = pattern[1..]).Length == 0)
                    {
                        return null;
                    }

                    if (name.Length == 0 || name[0] != pattern[0])
                    {
                        return false;
                    }

                    pattern = pattern[1..];
                    name = name[1..];
                    break;
            }
        }

        return name.Length == 0;
    }

    private static bool? MatchClass(ref ReadOnlySpan<char> pattern, char c)
    {
        pattern = pattern[1..];
        bool negated = pattern.Length > 0 && pattern[0] == '^';
        if (negated)
        {
            pattern = pattern[1..];
        }

        bool found = false;
        for (int ranges = 0; ; ranges++)
        {
            if (pattern.Length > 0 && pattern[0] == ']' && ranges > 0)
            {
                pattern = pattern[1..];
                return found != negated;
            }

            if (!TakeLiteral(ref pattern, out char low))
            {
                return null;
            }

            char high = low;
            if (pattern.Length > 0 && pattern[0] == '-')
            {
                pattern = pattern[1..];
                if (!TakeLiteral(ref pattern, out high))
                {
                    return null;
                }
            }

            found |= c >= low && c <= high;
        }
    }

    private static bool TakeLiteral(ref ReadOnlySpan<char> pattern, out char literal)
    {
        literal = default;
        if (pattern.Length > 0 && pattern[0] == '\\')
        {
            pattern = pattern[1..];
        }
        else if (pattern.Length == 0 || pattern[0] is '-' or ']')
        {
            return false;
        }

        if (pattern.Length == 0)
        {
            return false;
        }

        literal = pattern[0];
        pattern = pattern[1..];
        return true;
    }
}
