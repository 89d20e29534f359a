using System.Text;

namespace Wharf.Cli.Framework.Output;

/// <summary>
/// Elastic columns as Go's text/tabwriter makes them: cells end with a tab, a column lasts over neighbouring lines that have it,
/// the last cell of a line belongs to no column.
/// </summary>
internal static class TabWriter
{
    public static string Align(string text, int minWidth = 10, int padding = 3)
    {
        string[] lines = text.Split('\n');
        var cells = lines.Select(l => l.Split('\t')).ToList();
        var result = new StringBuilder(text.Length * 2);
        Format(cells, 0, cells.Count, [], minWidth, padding, result);

        // every line ends with a newline except the rest behind the last one
        result.Length--;
        return result.ToString();
    }

    private static void Format(List<string[]> lines, int from, int to, List<int> widths, int minWidth, int padding, StringBuilder result)
    {
        int column = widths.Count;
        for (int i = from; i < to; i++)
        {
            if (column >= lines[i].Length - 1)
            {
                continue;
            }

            Write(lines, from, i, widths, result);
            from = i;
            int width = minWidth;
            while (i < to && column < lines[i].Length - 1)
            {
                width = Math.Max(width, Width(lines[i][column]) + padding);
                i++;
            }

            widths.Add(width);
            Format(lines, from, i, widths, minWidth, padding, result);
            widths.RemoveAt(widths.Count - 1);
            from = i;
            i--;
        }

        Write(lines, from, to, widths, result);
    }

    private static void Write(List<string[]> lines, int from, int to, List<int> widths, StringBuilder result)
    {
        for (int i = from; i < to; i++)
        {
            for (int j = 0; j < lines[i].Length; j++)
            {
                result.Append(lines[i][j]);
                if (j < widths.Count)
                {
                    result.Append(' ', Math.Max(0, widths[j] - Width(lines[i][j])));
                }
            }

            result.Append('\n');
        }
    }

    private static int Width(string cell)
    {
        int width = 0;
        foreach (Rune _ in cell.EnumerateRunes())
        {
            width++;
        }

        return width;
    }
}
