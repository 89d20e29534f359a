using Wharf.Primitives;

namespace Wharf.Build.Dockerfile;

/// <summary>Errors in a Dockerfile, in Docker's words, with the line they are on.</summary>
public static class DockerfileError
{
    public static WharfException At(SourceRange lines, string message) =>
        WharfException.Invalid($"dockerfile parse error on line {lines.Start}: {message}");

    /// <summary>The lines of an error with their neighbours, the guilty ones marked, as it is shown below the message.</summary>
    public static string Excerpt(IReadOnlyList<string> source, SourceRange lines, string fileName)
    {
        const int Around = 2;
        var text = new System.Text.StringBuilder();
        text.Append(fileName).Append(':').Append(lines.Start).Append("\n--------------------\n");
        for (int i = Math.Max(1, lines.Start - Around); i <= Math.Min(source.Count, lines.End + Around); i++)
        {
            text.Append($"{i,4} | {(i >= lines.Start && i <= lines.End ? ">>>" : "   ")} {source[i - 1]}\n");
        }

        return text.Append("--------------------\n").ToString();
    }
}
