using System.Text;
using System.Text.Json;

namespace Wharf.Build.Dockerfile;

/// <summary>Finds the here-documents that an argument string declares: words of the form <c>[n]&lt;&lt;[-]NAME</c> outside quotes.</summary>
internal static class HeredocScanner
{
    public static IEnumerable<Heredoc> Find(string arguments, char escape)
    {
        if (arguments.StartsWith('[') && IsJson(arguments))
        {
            yield break; // the exec form has no here-documents
        }

        int i = 0;
        while (i < arguments.Length)
        {
            while (i < arguments.Length && char.IsWhiteSpace(arguments[i]))
            {
                i++;
            }

            int start = i;
            char quote = '\0';
            while (i < arguments.Length && (quote != '\0' || !char.IsWhiteSpace(arguments[i])))
            {
                char c = arguments[i];
                if (c == escape && quote != '\'')
                {
                    i++;
                }
                else if (quote == '\0' && c is '"' or '\'')
                {
                    quote = c;
                }
                else if (c == quote)
                {
                    quote = '\0';
                }

                i++;
            }

            i = Math.Min(i, arguments.Length);
            if (Parse(arguments[start..i]) is { } heredoc)
            {
                yield return heredoc;
            }
        }
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The here-document that one word declares, or null.</summary>
    public static Heredoc? Parse(string word)
    {
        int digits = 0;
        while (digits < word.Length && char.IsAsciiDigit(word[digits]))
        {
            digits++;
        }

        if (digits > 9 || !word.AsSpan(digits).StartsWith("<<"))
        {
            return null;
        }

        int at = digits + 2;
        bool chomp = at < word.Length && word[at] == '-';
        string rest = word[(chomp ? at + 1 : at)..];
        if (rest.Length == 0 || rest.Contains('<'))
        {
            return null;
        }

        bool expand = true;
        char quote = '\0';
        var name = new StringBuilder();
        for (int i = 0; i < rest.Length; i++)
        {
            if (quote == '\0' && char.IsWhiteSpace(rest[i]))
            {
                return null; // more than one word
            }

            if (rest[i] is '"' or '\'')
            {
                expand = false;
                quote = quote == rest[i] ? '\0' : rest[i];
            }
            else
            {
                name.Append(rest[i]);
            }
        }

        return name.Length == 0 ? null : new Heredoc(name.ToString(), expand, chomp, digits == 0 ? 0 : int.Parse(word[..digits]), "");
    }
}
