using System.Text;

namespace Wharf.OciRuntime.Inspection;

/// <summary>Columns as wide as their widest cell.</summary>
internal static class TextTable
{
    private const int Gap = 4;

    public static string Format(string[] header, IReadOnlyList<string[]> rows)
    {
        int[] widths = [.. header.Select((title, column) => rows.Select(row => row[column].Length).Append(title.Length).Max())];
        var text = new StringBuilder();
        foreach (string[] row in rows.Prepend(header))
        {
            if (text.Length > 0)
            {
                text.Append('\n');
            }

            for (int i = 0; i < row.Length; i++)
            {
                text.Append(i == row.Length - 1 ? row[i] : row[i].PadRight(widths[i] + Gap));
            }
        }

        return text.ToString();
    }
}
