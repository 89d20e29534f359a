using System.Buffers;
using System.Globalization;
using System.Text;
using Wharf.Templates;

namespace Wharf.Cli.Framework.Output;

/// <summary>
/// Text that others have written (labels, annotations, errors of a registry), safe to show: what would steer the terminal (ECMA-48) or turn the
/// direction of the line (Unicode Standard Annex 9) is written as JSON writes it, <c>\u001b</c>, so that JSON stays what it says.
/// </summary>
internal static class VisibleText
{
    private static readonly SearchValues<char> Unsafe = SearchValues.Create(
        [.. Enumerable.Range(0, 0xa0).Select(c => (char)c).Where(c => char.IsControl(c) && c is not ('\n' or '\t')),
            '\u061c', '\u200e', '\u200f', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069']);

    /// <summary>Has templates show values so.</summary>
    public static readonly TemplateOptions InTemplates = new() { Shown = Of };

    /// <summary>Line feeds and tabs stay as they are.</summary>
    public static string Of(string text)
    {
        int at = text.AsSpan().IndexOfAny(Unsafe);
        if (at < 0)
        {
            return text;
        }

        var shown = new StringBuilder(text.Length + 16).Append(text, 0, at);
        foreach (char c in text.AsSpan(at))
        {
            if (Unsafe.Contains(c))
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                shown.Append(c);
            }
        }

        return shown.ToString();
    }
}
