using System.Text;
using Wharf.Templates.Formatting;

namespace Wharf.Cli.Framework.Flags;

/// <summary>The option list of a help page: aligned, wrapped at a width, as pflag's FlagUsagesWrapped prints it.</summary>
internal static class FlagUsages
{
    // pflag lets the last line run over by this much before it wraps
    private const int Slop = 5;
    private const int LeastWrap = 24;

    public static string Format(IEnumerable<Flag> flags, int width)
    {
        var lines = flags.Where(f => !f.IsHidden).OrderBy(f => f.Name, StringComparer.Ordinal)
            .Select(f => (Head: Head(f), Text: Text(f))).ToList();
        int longest = lines.Count == 0 ? 0 : lines.Max(l => l.Head.Length) + 1;
        var result = new StringBuilder();
        foreach ((string head, string text) in lines)
        {
            result.Append(head).Append(' ', longest - head.Length + 2).Append(Wrap(longest + 2, width, text)).Append('\n');
        }

        return result.ToString();
    }

    private static string Head(Flag flag)
    {
        string head = flag.Shorthand == '\0' ? $"      --{flag.Name}" : $"  -{flag.Shorthand}, --{flag.Name}";
        return flag.Kind.TypeName.Length > 0 ? head + " " + flag.Kind.TypeName : head;
    }

    private static string Text(Flag flag)
    {
        string? shown = flag.Kind.ShownDefault;
        if (flag.Default.Length > 0 && flag.Default != "0" && flag.Default != "false")
        {
            shown = flag.Kind.QuotesDefault ? GoQuote.Quote(flag.Default) : flag.Default;
        }

        return shown is null ? flag.Usage : $"{flag.Usage} (default {shown})";
    }

    private static string Wrap(int indent, int width, string text)
    {
        string newline = "\n" + new string(' ', indent);
        int room = width - indent;
        string result = "";
        if (room < LeastWrap)
        {
            indent = 16;
            room = width - indent;
            newline = "\n" + new string(' ', indent);
            result = newline;
        }

        if (room < LeastWrap)
        {
            return text.Replace("\n", result, StringComparison.Ordinal);
        }

        room -= Slop;
        (string line, string after) = Cut(room, text);
        result += line.Replace("\n", newline, StringComparison.Ordinal);
        while (after.Length > 0)
        {
            (line, after) = Cut(room, after);
            result += newline + line.Replace("\n", newline, StringComparison.Ordinal);
        }

        return result;
    }

    private static (string Line, string After) Cut(int room, string text)
    {
        if (room + Slop > text.Length)
        {
            return (text, "");
        }

        int space = text.AsSpan(0, room).LastIndexOfAny(" \t\n");
        if (space <= 0)
        {
            return (text, "");
        }

        int newline = text.AsSpan(0, room).LastIndexOf('\n');
        return newline > 0 && newline < space ? (text[..newline], text[(newline + 1)..]) : (text[..space], text[(space + 1)..]);
    }
}
