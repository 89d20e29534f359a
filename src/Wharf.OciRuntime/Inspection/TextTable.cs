using System.Text;

namespace Wharf.OciRuntime.Inspection;

/// <summary>Columns as wide as their widest cell.</summary>
internal static class TextTable
{
    private const int Gap = 4;

    public static string Format(IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        int[] widths = new int[header.Count];
        Measure(header, widths);
        foreach (IReadOnlyList<string> row in rows)
        {
            Measure(row, widths);
        }

        var text = new StringBuilder();
        Append(text, header, widths);
        foreach (IReadOnlyList<string> row in rows)
        {
            Append(text.Append('\n'), row, widths);
        }

        return text.ToString();
    }

    private static void Measure(IReadOnlyList<string> row, int[] widths)
    {
        for (int i = 0; i < row.Count; i++)
        {
            widths[i] = Math.Max(widths[i], row[i].Length);
        }
    }

    private static void Append(StringBuilder text, IReadOnlyList<string> row, int[] widths)
    {
        for (int i = 0; i < row.Count; i++)
        {
            text.Append(i == row.Count - 1 ? row[i] : row[i].PadRight(widths[i] + Gap));
        }
    }
}
