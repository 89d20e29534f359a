using System.Text;
using Wharf.Primitives;

namespace Wharf.Build.Dockerfile;

/// <summary>
/// Splits a Dockerfile into instructions: directives, comments, continuation lines, here-documents, flags. What the arguments
/// mean is the next pass's business.
/// </summary>
public sealed class DockerfileReader
{
    /// <summary>Longest line that is accepted, in characters; anything longer is no Dockerfile.</summary>
    private const int MaxLineLength = 1 << 20;

    private static readonly HashSet<string> TakeHeredocs = ["run", "copy", "add"];

    private readonly List<string> _lines;
    private readonly Directives _directives;
    private readonly List<int> _emptyContinuations = [];
    private int _next;

    private DockerfileReader(List<string> lines, Directives directives)
    {
        _lines = lines;
        _directives = directives;
    }

    /// <exception cref="WharfException">InvalidArgument with the line: no instruction at all, unfinished here-document, bad directive.</exception>
    public static DockerfileSource Read(string text)
    {
        var lines = text.TrimStart('\ufeff').Split('\n').Select(l => l.TrimEnd('\r')).ToList();
        if (lines.Count > 0 && lines[^1].Length == 0)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        int tooLong = lines.FindIndex(l => l.Length > MaxLineLength);
        if (tooLong >= 0)
        {
            throw DockerfileError.At(new SourceRange(tooLong + 1, tooLong + 1), $"dockerfile line greater than maximum allowed size of {MaxLineLength}");
        }

        return new DockerfileReader(lines, Directives.Read(lines)).ReadAll();
    }

    /// <summary>Reads the instruction inside an ONBUILD trigger (with its here-documents), which has no lines of its own.</summary>
    public static RawInstruction ReadTrigger(string text, char escape, SourceRange lines)
    {
        var source = new DockerfileReader([.. text.Trim().Split('\n').Select(l => l.TrimEnd('\r'))], new Directives(null, escape, null)).ReadAll();
        return source.Instructions.Count == 1
            ? source.Instructions[0] with { Lines = lines, Comments = [] }
            : throw DockerfileError.At(lines, "an ONBUILD trigger must be one instruction");
    }

    private DockerfileSource ReadAll()
    {
        var instructions = new List<RawInstruction>();
        var comments = new List<string>();
        while (_next < _lines.Count)
        {
            int start = _next + 1;
            string line = _lines[_next++];
            if (IsComment(line))
            {
                string comment = line.TrimStart()[1..].Trim();
                if (comment.Length == 0)
                {
                    comments.Clear();
                }
                else if (start > _directives.LineCount)
                {
                    comments.Add(comment);
                }

                continue;
            }

            if (IsBlank(line))
            {
                comments.Clear();
                continue;
            }

            string joined = JoinContinuation(line.TrimStart());
            if (joined.Length == 0)
            {
                continue;
            }

            instructions.Add(ReadInstruction(joined, start) with { Comments = [.. comments] });
            comments.Clear();
        }

        return instructions.Count == 0
            ? throw WharfException.Invalid("file with no instructions")
            : new DockerfileSource
            {
                Instructions = instructions,
                Escape = _directives.Escape,
                Directives = _directives,
                Lines = _lines,
                EmptyContinuationLines = _emptyContinuations,
            };
    }

    private string JoinContinuation(string first)
    {
        var joined = new StringBuilder();
        string line = first;
        bool hasEmptyLine = false;
        while (true)
        {
            bool goesOn = TrimContinuation(ref line);
            joined.Append(line);
            if (!goesOn)
            {
                break;
            }

            bool found = false;
            while (_next < _lines.Count)
            {
                string candidate = _lines[_next++];
                if (IsComment(candidate))
                {
                    continue;
                }

                if (IsBlank(candidate))
                {
                    hasEmptyLine = true;
                    continue;
                }

                line = candidate;
                found = true;
                break;
            }

            if (!found)
            {
                break;
            }
        }

        if (hasEmptyLine)
        {
            _emptyContinuations.Add(_next);
        }

        return joined.ToString().TrimEnd();
    }

    /// <summary>Cuts the escape character (and blanks after it) at the end of a line; true when there was one.</summary>
    private bool TrimContinuation(ref string line)
    {
        string trimmed = line.TrimEnd(' ', '\t');
        if (trimmed.Length == 0 || trimmed[^1] != _directives.Escape)
        {
            return false;
        }

        line = trimmed[..^1];
        return true;
    }

    private RawInstruction ReadInstruction(string joined, int start)
    {
        int heredocsFrom = _next;
        (string written, IReadOnlyList<string> flags, string arguments) =
            SplitInstruction(joined, _directives.Escape, new SourceRange(start, heredocsFrom));
        string keyword = written.ToLowerInvariant();
        var heredocs = new List<Heredoc>();
        string carrier = keyword == "onbuild" ? FirstWord(arguments).ToLowerInvariant() : keyword;
        if (TakeHeredocs.Contains(carrier) && joined.Contains("<<", StringComparison.Ordinal))
        {
            // A trigger's own words begin after its keyword.
            string words = keyword == "onbuild" ? arguments[FirstWord(arguments).Length..].TrimStart() : arguments;
            foreach (var declared in HeredocScanner.Find(words, _directives.Escape))
            {
                heredocs.Add(declared with { Content = ReadHeredoc(declared, start) });
            }
        }

        return new RawInstruction
        {
            Keyword = keyword,
            WrittenKeyword = written,
            Flags = flags,
            Arguments = arguments,
            Heredocs = heredocs,
            Lines = new SourceRange(start, Math.Max(start, _next)),
            Original = joined,
        };
    }

    private string ReadHeredoc(Heredoc declared, int start)
    {
        var content = new StringBuilder();
        while (_next < _lines.Count)
        {
            string line = _lines[_next++];
            string candidate = declared.Chomp ? line.TrimStart('\t') : line;
            if (candidate == declared.Name)
            {
                return content.ToString();
            }

            content.Append(candidate).Append('\n');
        }

        throw DockerfileError.At(new SourceRange(start, _lines.Count), $"unterminated heredoc: a line with only {declared.Name} must end it", "<<");
    }

    private static (string Keyword, IReadOnlyList<string> Flags, string Arguments) SplitInstruction(string line, char escape, SourceRange lines)
    {
        string keyword = FirstWord(line);
        string rest = line[keyword.Length..].TrimStart();
        var flags = new List<string>();
        int i = 0;
        while (rest.AsSpan(i).StartsWith("--"))
        {
            var word = new StringBuilder();
            char quote = '\0';
            for (; i < rest.Length; i++)
            {
                char c = rest[i];
                if (c == escape && i + 1 < rest.Length && (quote != '\'' || rest[i + 1] == '\''))
                {
                    word.Append(rest[++i]);
                    continue;
                }

                if (quote != '\0')
                {
                    if (c == quote)
                    {
                        quote = '\0';
                        continue;
                    }
                }
                else if (c is '"' or '\'')
                {
                    quote = c;
                    continue;
                }
                else if (char.IsWhiteSpace(c))
                {
                    break;
                }

                word.Append(c);
            }

            if (quote != '\0')
            {
                throw DockerfileError.At(lines, "unexpected end of statement while looking for matching quote in a flag");
            }

            while (i < rest.Length && char.IsWhiteSpace(rest[i]))
            {
                i++;
            }

            if (word.Length == 2)
            {
                break;
            }

            flags.Add(word.ToString());
        }

        return (keyword, flags, rest[i..].Trim());
    }

    private static string FirstWord(string text)
    {
        int end = 0;
        while (end < text.Length && !char.IsWhiteSpace(text[end]))
        {
            end++;
        }

        return text[..end];
    }

    private static bool IsBlank(string line) => string.IsNullOrWhiteSpace(line);

    private static bool IsComment(string line) => line.AsSpan().TrimStart(" \t").StartsWith('#');
}
