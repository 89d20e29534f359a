using System.Globalization;
using System.Text;

namespace Wharf.Templates.Formatting;

/// <summary>The escapes of <c>html</c>, <c>js</c> and <c>urlquery</c>.</summary>
internal static class Escaping
{
    public static string Html(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            _ = c switch
            {
                '\0' => result.Append('\ufffd'),
                '"' => result.Append("&#34;"),
                '\'' => result.Append("&#39;"),
                '&' => result.Append("&amp;"),
                '<' => result.Append("&lt;"),
                '>' => result.Append("&gt;"),
                _ => result.Append(c),
            };
        }

        return result.ToString();
    }

    public static string Js(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            string? escape = rune.Value switch
            {
                '\\' => "\\\\",
                '\'' => "\\'",
                '"' => "\\\"",
                '<' => "\\u003C",
                '>' => "\\u003E",
                '&' => "\\u0026",
                '=' => "\\u003D",
                _ => null,
            };
            if (escape is null && (rune.Value < ' ' || !(rune.Value < 0x7f || GoQuote.IsPrintable(rune))))
            {
                escape = string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
            }

            result.Append(escape ?? rune.ToString());
        }

        return result.ToString();
    }

    /// <summary>url.QueryEscape.</summary>
    public static string UrlQuery(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            char c = (char)b;
            _ = c == ' ' ? result.Append('+')
                : char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~' ? result.Append(c)
                : result.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        return result.ToString();
    }
}
