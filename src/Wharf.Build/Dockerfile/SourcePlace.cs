using System.Text;

namespace Wharf.Build.Dockerfile;

/// <summary>A spot in a Dockerfile: line and column counted from 1, and how many characters are meant.</summary>
public readonly record struct SourcePlace(int Line, int Column, int Length)
{
    private const int Around = 2;
    private const int MaxShownLines = 12;

    /// <summary>Finds a word within an instruction's lines; without one, or when it is not written like that, the instruction's first word.</summary>
    public static SourcePlace Of(IReadOnlyList<string> source, SourceRange lines, string? word)
    {
        if (word is { Length: > 0 })
        {
            // A here-document's word may hold many lines: its first one is shown.
            string first = word.Split('\n')[0];
            for (int line = lines.Start; first.Length > 0 && line <= Math.Min(lines.End, source.Count); line++)
            {
                int at = source[line - 1].IndexOf(first, StringComparison.Ordinal);
                if (at >= 0)
                {
                    return new SourcePlace(line, at + 1, first.Length);
                }
            }
        }

        string text = lines.Start <= source.Count ? source[lines.Start - 1] : "";
        int start = text.Length - text.TrimStart().Length;
        int length = text.AsSpan(start).IndexOfAny(' ', '\t');
        return new SourcePlace(lines.Start, start + 1, Math.Max(1, length < 0 ? text.Length - start : length));
    }

    /// <summary>The lines with their neighbours, and a caret below the spot.</summary>
    public string Excerpt(IReadOnlyList<string> source, SourceRange lines)
    {
        var text = new StringBuilder();
        int from = Math.Max(1, Math.Max(lines.Start - Around, Line - MaxShownLines));
        int to = Math.Min(source.Count, Math.Max(Line, Math.Min(lines.End, from + MaxShownLines)) + Around);
        for (int line = from; line <= to; line++)
        {
            bool guilty = line >= lines.Start && line <= lines.End;
            text.Append($"{line,4} | {(guilty ? ">>>" : "   ")} {source[line - 1]}".TrimEnd()).Append('\n');
            if (line == Line)
            {
                // Tabs are kept, so that the caret stands below the word however wide they are shown.
                string before = string.Concat(source[line - 1].Take(Column - 1).Select(c => c == '\t' ? '\t' : ' '));
                text.Append($"     |     {before}^{new string('~', Math.Clamp(Length - 1, 0, 200))}").Append('\n');
            }
        }

        return text.ToString();
    }
}
