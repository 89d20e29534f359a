using System.Text.Json;

namespace Wharf.Primitives;

/// <summary>What is wrong with JSON, for people: where it is and what, without the names of our own types.</summary>
public static class JsonMistake
{
    private const string Conversion = "The JSON value could not be converted to ";

    // Advice for whoever wrote the reader, who is not the one who reads this.
    private static readonly string[] Advice = [" which is not supported in this mode. Change the reader options", ". Change the reader options"];

    public static string Of(JsonException e)
    {
        string where = e.Path is { Length: > 1 } path ? $" at {path}" : "";
        if (e.Message.StartsWith(Conversion, StringComparison.Ordinal))
        {
            return $"a value of another type was expected{where}";
        }

        int details = e.Message.IndexOf(" Path: ", StringComparison.Ordinal);
        details = details >= 0 ? details : e.Message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        string what = (details >= 0 ? e.Message[..details] : e.Message).TrimEnd('.');
        foreach (string advice in Advice)
        {
            what = what.Replace(advice, "", StringComparison.Ordinal);
        }

        // what was read is quoted as it is, with the end of its line
        return what.ReplaceLineEndings(" ") + where;
    }
}
