using System.Globalization;
using System.Text;

namespace Wharf.Cli.Builds.Progress;

/// <summary>How many cells of a terminal text takes (Unicode Standard Annex 11), and text cut to a number of cells.</summary>
internal static class CellWidth
{
    private const char Escape = '\u001b';

    public static int Of(string text) => text.EnumerateRunes().Sum(Of);

    public static int Of(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => 0,
        _ => IsWide(rune.Value) ? 2 : 1,
    };

    /// <summary>The beginning that fits.</summary>
    public static string Cut(string text, int cells)
    {
        var kept = new StringBuilder();
        int used = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            used += Of(rune);
            if (used > cells)
            {
                break;
            }

            kept.Append(rune);
        }

        return kept.ToString();
    }

    /// <summary>Text of a program without what would move the cursor or change colours: escape sequences (ECMA-48) go, tabs become spaces.</summary>
    public static string Harmless(string text)
    {
        var kept = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == Escape)
            {
                i = EndOfSequence(text, i);
            }
            else if (c == '\t')
            {
                kept.Append("    ");
            }
            else if (!char.IsControl(c))
            {
                kept.Append(c);
            }
        }

        return kept.ToString();
    }

    private static int EndOfSequence(string text, int at)
    {
        if (at + 1 >= text.Length)
        {
            return at;
        }

        int i = at + 2;
        switch (text[at + 1])
        {
            case '[':
                while (i < text.Length && text[i] is < '@' or > '~')
                {
                    i++;
                }

                return i;
            case ']' or 'P' or '_' or '^':
                while (i < text.Length && text[i] != '\a' && !(text[i] == '\\' && text[i - 1] == Escape))
                {
                    i++;
                }

                return i;
            default:
                return at + 1;
        }
    }

    private static bool IsWide(int code) => code is (>= 0x1100 and <= 0x115f) or (>= 0x2e80 and <= 0x303e) or (>= 0x3041 and <= 0xa4cf) or (>= 0xac00 and <= 0xd7a3)
        or (>= 0xf900 and <= 0xfaff) or (>= 0xfe30 and <= 0xfe6f) or (>= 0xff00 and <= 0xff60) or (>= 0xffe0 and <= 0xffe6) or (>= 0x1f300 and <= 0x1f64f)
        or (>= 0x1f680 and <= 0x1f6ff) or (>= 0x1f900 and <= 0x1f9ff) or (>= 0x20000 and <= 0x3fffd);
}
