namespace Wharf.Registry.Access;

/// <summary>Patterns of repository names: <c>*</c> stands for any text within a component, <c>**</c> for any components, <c>${user}</c> for the caller.</summary>
internal static class RepositoryPattern
{
    private const string User = "${user}";

    public static bool Matches(string pattern, string repository, string user)
    {
        if (pattern.Contains(User, StringComparison.Ordinal))
        {
            // A name with a star or a slash in it must not widen what the rule gives.
            if (user.Length == 0 || user.AsSpan().ContainsAny('*', '/', '$'))
            {
                return false;
            }

            pattern = pattern.Replace(User, user, StringComparison.Ordinal);
        }

        return Components(pattern.Split('/'), repository.Split('/'));
    }

    private static bool Components(ReadOnlySpan<string> patterns, ReadOnlySpan<string> names)
    {
        if (patterns.Length == 0)
        {
            return names.Length == 0;
        }

        if (patterns[0] == "**")
        {
            for (int skip = 0; skip <= names.Length; skip++)
            {
                if (Components(patterns[1..], names[skip..]))
                {
                    return true;
                }
            }

            return false;
        }

        return names.Length > 0 && Text(patterns[0], names[0]) && Components(patterns[1..], names[1..]);
    }

    private static bool Text(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int star = pattern.IndexOf('*');
        if (star < 0)
        {
            return pattern.SequenceEqual(text);
        }

        if (!text.StartsWith(pattern[..star]))
        {
            return false;
        }

        for (int at = star; at <= text.Length; at++)
        {
            if (Text(pattern[(star + 1)..], text[at..]))
            {
                return true;
            }
        }

        return false;
    }
}
