using System.Text;

namespace Wharf.Build.Execution;

/// <summary>Strings as Go's %q prints them: how history lines show the exec form (<c>CMD ["sh" "-c" "x"]</c>).</summary>
internal static class GoText
{
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' or '\u007f' => $"\\x{(int)c:x2}",
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    public static string QuoteList(IEnumerable<string> words) => "[" + string.Join(' ', words.Select(Quote)) + "]";
}
