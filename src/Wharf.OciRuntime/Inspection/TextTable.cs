using System.Text;

namespace Wharf.OciRuntime.Inspection;

/// <summary>Columns as wide as their widest cell.</summary>
internal static class TextTable
{
    private const int Gap = 4;

    public static string Format(string[] header, IReadOnlyList<string[]> rows)
    {
        int[] widths = new int[header.Length];
        Measure(header, widths);
        foreach (string[] row in rows)
        {
            Measure(row, widths);
        }

        var text = new StringBuilder();
        Append(text, header, widths);
        foreach (string[] row in rows)
        {
            Append(text.Append('\n'), row, widths);
        }

        return text.ToString();
    }

    private static void Measure(string[] row, int[] widths)
    {
        for (int i = 0; i < row.Length; i++)
        {
            widths[i] = Math.Max(widths[i], row[i].Length);
        }
    }

    private static void Append(StringBuilder text, string[] row, int[] widths)
    {
        for (int i = 0; i < row.Length; i++)
        {
            text.Append(i == row.Length - 1 ? row[i] : row[i].PadRight(widths[i] + Gap));
        }
    }
}
