using System.Text;
using Wharf.Templates.Values;

namespace Wharf.Templates;

/// <summary>The functions that Docker adds to Go's: json, split, join, title, lower, upper, pad, truncate.</summary>
public static class DockerFunctions
{
    private const int MaxPadding = 1 << 20;

    public static readonly IReadOnlyDictionary<string, TemplateFunction> Basic = new Dictionary<string, TemplateFunction>(StringComparer.Ordinal)
    {
        ["json"] = TemplateFunction.Exactly(1, a => TemplateJson.Write(a[0])),
        ["split"] = TemplateFunction.Exactly(2, a => Split((string)a[0]!, (string)a[1]!), "string", "string"),
        ["join"] = TemplateFunction.Exactly(2, a => a[0] is IReadOnlyList<object?> list ? string.Join((string)a[1]!, list) : "", "[]string", "string"),
        ["title"] = TemplateFunction.Exactly(1, a => Title((string)a[0]!), "string"),
        ["lower"] = TemplateFunction.Exactly(1, a => ((string)a[0]!).ToLowerInvariant(), "string"),
        ["upper"] = TemplateFunction.Exactly(1, a => ((string)a[0]!).ToUpperInvariant(), "string"),
        ["pad"] = TemplateFunction.Exactly(3, a => Pad((string)a[0]!, (long)a[1]!, (long)a[2]!), "string", "int", "int"),
        ["truncate"] = TemplateFunction.Exactly(2, a => Truncate((string)a[0]!, (long)a[1]!), "string", "int"),
    };

    /// <summary>
    /// For the header line of a table, where each field is its own title: functions that would change the title leave it alone.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, TemplateFunction> Header = new Dictionary<string, TemplateFunction>(Basic, StringComparer.Ordinal)
    {
        ["json"] = TemplateFunction.Exactly(1, a => a[0]),
        ["title"] = TemplateFunction.Exactly(1, a => a[0]),
        ["lower"] = TemplateFunction.Exactly(1, a => a[0]),
        ["upper"] = TemplateFunction.Exactly(1, a => a[0]),
        ["truncate"] = TemplateFunction.Exactly(2, a => a[0]),
        ["split"] = TemplateFunction.Exactly(2, a => a[0]),
        ["join"] = TemplateFunction.Exactly(2, a => a[0]),
    };

    private static List<object?> Split(string text, string separator) =>
        separator.Length == 0 ? [.. text.EnumerateRunes().Select(r => (object?)r.ToString())] : [.. text.Split(separator)];

    /// <summary>strings.Title: the first letter of every word in title case.</summary>
    private static string Title(string text)
    {
        var result = new StringBuilder(text.Length);
        bool inWord = false;
        foreach (char c in text)
        {
            bool isWord = char.IsLetterOrDigit(c) || c is '_' or '\'';
            result.Append(isWord && !inWord ? char.ToUpperInvariant(c) : c);
            inWord = isWord;
        }

        return result.ToString();
    }

    private static string Pad(string text, long prefix, long suffix)
    {
        if (text.Length == 0)
        {
            return text;
        }

        if (prefix is < 0 or > MaxPadding || suffix is < 0 or > MaxPadding)
        {
            throw new TemplateException("strings: negative or too large Repeat count");
        }

        return new string(' ', (int)prefix) + text + new string(' ', (int)suffix);
    }

    private static string Truncate(string text, long length)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length < length)
        {
            return text;
        }

        return length < 0 ? throw new TemplateException($"slice bounds out of range [:{length}]") : Encoding.UTF8.GetString(bytes, 0, (int)length);
    }
}
