using System.Text;
using System.Text.Json;
using Wharf.Build.Dockerfile;

namespace Wharf.Build.Instructions;

/// <summary>The ways in which instructions cut their arguments into words.</summary>
internal static class ArgumentWords
{
    public static IReadOnlyList<string> ByBlanks(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Words with their quotes and escapes kept, so that expansion sees them; blanks inside quotes do not cut.</summary>
    public static IReadOnlyList<string> KeepingQuotes(string text, char escape)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (word.Length > 0)
                {
                    words.Add(word.ToString());
                    word.Clear();
                }

                continue;
            }

            word.Append(c);
            if (c == escape && quote != '\'' && i + 1 < text.Length)
            {
                word.Append(text[++i]);
            }
            else if (quote == '\0' && c is '"' or '\'')
            {
                quote = c;
            }
            else if (c == quote)
            {
                quote = '\0';
            }
        }

        if (word.Length > 0)
        {
            words.Add(word.ToString());
        }

        return words;
    }

    /// <summary>The strings of a JSON array; null when the text is no JSON array, and then it is meant as plain words.</summary>
    public static IReadOnlyList<string>? Json(RawInstruction raw, string text)
    {
        if (!text.StartsWith('['))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            var words = new List<string>();
            foreach (var item in document.RootElement.EnumerateArray())
            {
                words.Add(item.ValueKind == JsonValueKind.String
                    ? item.GetString()!
                    : throw DockerfileError.At(raw.Lines, "when using JSON array syntax, arrays must be comprised of strings only", item.GetRawText()));
            }

            return words;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Exec form when the text is a JSON array, shell form otherwise.</summary>
    public static CommandLine Command(RawInstruction raw, string text) =>
        Json(raw, text) is { } words ? new CommandLine(words, IsShell: false)
        : text.Length == 0 ? CommandLine.Empty
        : new CommandLine([text], IsShell: true);

    /// <summary>A list in JSON or separated by blanks.</summary>
    public static IReadOnlyList<string> List(RawInstruction raw) => Json(raw, raw.Arguments) ?? ByBlanks(raw.Arguments);
}
