namespace Wharf.Api.Server.Routing;

/// <summary>
/// A template taken apart once and matched against the segments of a path. A <c>{name...}</c> part takes as many segments as the
/// literal parts behind it leave, because image names have slashes and the verb comes after them.
/// </summary>
internal sealed class RouteTemplate
{
    private readonly Part[] parts;
    private readonly int manyAt;

    public RouteTemplate(string template)
    {
        string[] texts = template.TrimStart('/').Split('/');
        parts = new Part[texts.Length];
        manyAt = -1;
        for (int i = 0; i < texts.Length; i++)
        {
            string text = texts[i];
            if (!text.StartsWith('{'))
            {
                parts[i] = new Part(text, IsLiteral: true);
                continue;
            }

            bool many = text.EndsWith("...}", StringComparison.Ordinal);
            parts[i] = new Part(many ? text[1..^4] : text[1..^1], IsLiteral: false);
            if (many)
            {
                manyAt = manyAt < 0 ? i : throw new ArgumentException($"{template} has two parts that take many segments", nameof(template));
            }
        }
    }

    /// <summary>Literal parts; the more of them, the more particular the template, and the earlier it is tried.</summary>
    public int Literals => parts.Count(part => part.IsLiteral);

    public bool HasCatchAll => manyAt >= 0;

    /// <summary>The first literal, or null when the template begins with a value.</summary>
    public string? FirstLiteral => parts[0].IsLiteral ? parts[0].Text : null;

    public bool TryMatch(ReadOnlySpan<string> segments, RouteValues values)
    {
        int extra = segments.Length - parts.Length;
        if (extra < 0 || (extra > 0 && manyAt < 0))
        {
            return false;
        }

        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i].IsLiteral && segments[i <= manyAt || manyAt < 0 ? i : i + extra] != parts[i].Text)
            {
                return false;
            }
        }

        for (int i = 0; i < parts.Length; i++)
        {
            if (!parts[i].IsLiteral)
            {
                string value = i == manyAt
                    ? string.Join('/', segments.Slice(i, extra + 1).ToArray())
                    : segments[i < manyAt || manyAt < 0 ? i : i + extra];
                if (value.Length == 0)
                {
                    return false;
                }

                values.Add(parts[i].Text, value);
            }
        }

        return true;
    }

    private readonly record struct Part(string Text, bool IsLiteral);
}
