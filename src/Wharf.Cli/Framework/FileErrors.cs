using System.Text.RegularExpressions;

namespace Wharf.Cli.Framework;

/// <summary>Failures of files in the words that Docker's users know: <c>open PATH: no such file or directory</c>.</summary>
internal static partial class FileErrors
{
    /// <param name="error">What the platform threw; its sentence ends with the path in quotes.</param>
    public static string Text(Exception error)
    {
        string? reason = error switch
        {
            FileNotFoundException or DirectoryNotFoundException => "no such file or directory",
            UnauthorizedAccessException => "permission denied",
            _ => null,
        };
        return reason is not null && QuotedPath().Match(error.Message) is { Success: true } match
            ? $"open {TemporaryEnd().Replace(match.Groups[1].Value, "")}: {reason}"
            : error.Message;
    }

    [GeneratedRegex("'(/.*)'")]
    private static partial Regex QuotedPath();

    // AtomicFile writes beside the file that was asked for
    [GeneratedRegex(@"\.\d+-\d+\.tmp$")]
    private static partial Regex TemporaryEnd();
}
