using Wharf.Primitives;

namespace Wharf.Build.Dockerfile;

/// <summary>
/// Errors in a Dockerfile, in Docker's words. An error knows its lines and the word it is about; where the file is at hand,
/// <see cref="Located"/> makes <c>Dockerfile:3:5: …</c> of it, with the lines and a caret below.
/// </summary>
public static class DockerfileError
{
    private const string LinesKey = "dockerfile.lines";
    private const string WordKey = "dockerfile.word";
    private const string LocatedKey = "dockerfile.located";

    /// <param name="lines">The instruction.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="word">The part of the instruction that is to blame, as it is written; null for the whole.</param>
    public static WharfException At(SourceRange lines, string message, string? word = null) =>
        Mark(WharfException.Invalid($"dockerfile parse error on line {lines.Start}: {message}"), lines, word);

    /// <summary>Notes the word to blame in an error that is located later.</summary>
    public static WharfException About(WharfException error, string word)
    {
        error.Data[WordKey] = word;
        return error;
    }

    /// <summary>The error with file, line, column and excerpt; the same object when it has them already or is about no line.</summary>
    /// <param name="error">Any failure of an instruction.</param>
    /// <param name="source">Lines of the file.</param>
    /// <param name="fileName">Its name for people.</param>
    /// <param name="lines">Where the failing instruction is, for errors that do not say it themselves.</param>
    public static WharfException Located(WharfException error, IReadOnlyList<string> source, string fileName, SourceRange? lines = null)
    {
        if (error.Data.Contains(LocatedKey) || (error.Data[LinesKey] ?? lines) is not SourceRange { Start: > 0 } range)
        {
            return error;
        }

        var place = SourcePlace.Of(source, range, error.Data[WordKey] as string);
        var located = new WharfException(error.Kind, $"{fileName}:{place.Line}:{place.Column}: {error.Message}\n{place.Excerpt(source, range)}", error);
        foreach (System.Collections.DictionaryEntry entry in error.Data)
        {
            located.Data[entry.Key] = entry.Value;
        }

        located.Data[LocatedKey] = true;
        return located;
    }

    private static WharfException Mark(WharfException error, SourceRange lines, string? word)
    {
        error.Data[LinesKey] = lines;
        if (word is { Length: > 0 })
        {
            error.Data[WordKey] = word;
        }

        return error;
    }
}
