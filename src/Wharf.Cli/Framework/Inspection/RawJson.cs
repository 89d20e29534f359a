using System.Text;

namespace Wharf.Cli.Framework.Inspection;

/// <summary>White space of JSON text, with every other byte as it was (Go's json.Indent and json.Compact).</summary>
internal static class RawJson
{
    /// <param name="json">Valid JSON.</param>
    /// <param name="prefix">What each line but the first begins with.</param>
    /// <param name="indent">One level.</param>
    public static string Indent(ReadOnlySpan<byte> json, string prefix = "", string indent = "    ")
    {
        string text = Encoding.UTF8.GetString(json);
        var result = new StringBuilder(text.Length * 2);
        int depth = 0;
        bool opened = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c is ' ' or '\t' or '\r' or '\n')
            {
                continue;
            }

            if (opened && c is not (']' or '}'))
            {
                Line(result, prefix, indent, ++depth);
            }

            switch (c)
            {
                case '"':
                    int end = StringEnd(text, i);
                    result.Append(text, i, end - i);
                    i = end - 1;
                    break;
                case '{' or '[':
                    result.Append(c);
                    opened = true;
                    continue;
                case ',':
                    result.Append(c);
                    Line(result, prefix, indent, depth);
                    break;
                case ':':
                    result.Append(": ");
                    break;
                case '}' or ']':
                    if (!opened)
                    {
                        Line(result, prefix, indent, --depth);
                    }

                    result.Append(c);
                    break;
                default:
                    result.Append(c);
                    break;
            }

            opened = false;
        }

        return result.ToString();
    }

    public static string Compact(ReadOnlySpan<byte> json)
    {
        string text = Encoding.UTF8.GetString(json);
        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                int end = StringEnd(text, i);
                result.Append(text, i, end - i);
                i = end - 1;
            }
            else if (text[i] is not (' ' or '\t' or '\r' or '\n'))
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }

    private static int StringEnd(string text, int start)
    {
        int i = start + 1;
        while (i < text.Length && text[i] != '"')
        {
            i += text[i] == '\\' ? 2 : 1;
        }

        return Math.Min(i + 1, text.Length);
    }

    private static void Line(StringBuilder result, string prefix, string indent, int depth)
    {
        result.Append('\n').Append(prefix);
        for (int i = 0; i < depth; i++)
        {
            result.Append(indent);
        }
    }
}
