using System.Text;

namespace Wharf.Cli.Framework.Flags;

/// <summary>One line of comma-separated values with double quotes, as Go's encoding/csv reads it.</summary>
internal static class CommaSeparated
{
    /// <exception cref="FormatException">A quote in a bare field, or an unclosed one.</exception>
    public static List<string> Split(string line)
    {
        var fields = new List<string>();
        if (line.Length == 0)
        {
            return fields;
        }

        int i = 0;
        while (true)
        {
            if (i < line.Length && line[i] == '"')
            {
                fields.Add(Quoted(line, ref i));
            }
            else
            {
                int comma = line.IndexOf(',', i);
                string field = comma < 0 ? line[i..] : line[i..comma];
                if (field.Contains('"'))
                {
                    throw new FormatException($"parse error on line 1, column {i + field.IndexOf('"') + 1}: bare \" in non-quoted-field");
                }

                fields.Add(field);
                i += field.Length;
            }

            if (i >= line.Length)
            {
                return fields;
            }

            i++;
        }
    }

    private static string Quoted(string line, ref int i)
    {
        var field = new StringBuilder();
        i++;
        while (i < line.Length)
        {
            if (line[i] != '"')
            {
                field.Append(line[i++]);
            }
            else if (i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append('"');
                i += 2;
            }
            else
            {
                i++;
                return i >= line.Length || line[i] == ','
                    ? field.ToString()
                    : throw new FormatException($"parse error on line 1, column {i + 1}: extraneous or missing \" in quoted-field");
            }
        }

        throw new FormatException($"parse error on line 1, column {line.Length + 1}: extraneous or missing \" in quoted-field");
    }
}
