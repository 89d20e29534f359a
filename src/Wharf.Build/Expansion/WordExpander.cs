using System.Text;
using Wharf.Primitives;

namespace Wharf.Build.Expansion;

/// <summary>
/// Variables, quotes and escapes in instruction arguments: Dockerfile reference, "Environment replacement". Not a shell: no globbing, no commands.
/// </summary>
/// <param name="escape">The Dockerfile's escape character.</param>
/// <param name="lookup">The value of a variable; null when it is not set.</param>
public sealed class WordExpander(char escape, Func<string, string?> lookup)
{
    private const int MaxDepth = 64;

    /// <summary>Names that were used and not set (check UndefinedVar).</summary>
    public HashSet<string> Unset { get; } = [];

    /// <summary>The text with variables replaced, quotes and escapes resolved.</summary>
    /// <exception cref="WharfException">InvalidArgument: bad substitution, missing brace or quote, <c>${name?message}</c>.</exception>
    public string Expand(string text)
    {
        var words = new WordSink(splitting: false);
        ExpandInto(text, words);
        return words.Whole();
    }

    /// <summary>The same, split into words at blanks outside quotes; blanks out of variables split too.</summary>
    public IReadOnlyList<string> ExpandToWords(string text)
    {
        var words = new WordSink(splitting: true);
        ExpandInto(text, words);
        return words.Words();
    }

    private void ExpandInto(string text, WordSink words)
    {
        var scan = new Scan(text);
        try
        {
            ExpandUntil(ref scan, '\0', words, 0);
        }
        catch (WharfException e)
        {
            throw Dockerfile.DockerfileError.About(WharfException.Invalid($"failed to process \"{text}\": {e.Message}", e), text);
        }
    }

    private void ExpandUntil(ref Scan scan, char stop, WordSink sink, int depth)
    {
        if (depth > MaxDepth)
        {
            throw WharfException.Invalid($"substitutions are nested deeper than {MaxDepth}");
        }

        while (!scan.End)
        {
            char c = scan.Peek;
            if (c == stop && stop != '\0')
            {
                scan.Next();
                return;
            }

            if (c == '\'')
            {
                SingleQuoted(ref scan, sink);
            }
            else if (c == '"')
            {
                DoubleQuoted(ref scan, sink, depth);
            }
            else if (c == '$')
            {
                sink.Value(Dollar(ref scan, depth));
            }
            else if (c == escape)
            {
                scan.Next();
                if (!scan.End)
                {
                    sink.Literal(scan.Next());
                }
            }
            else
            {
                sink.Plain(scan.Next());
            }
        }

        if (stop != '\0')
        {
            throw WharfException.Invalid($"unexpected end of statement while looking for matching {stop}");
        }
    }

    private static void SingleQuoted(ref Scan scan, WordSink sink)
    {
        scan.Next();
        sink.Touch();
        while (!scan.End)
        {
            char c = scan.Next();
            if (c == '\'')
            {
                return;
            }

            sink.Literal(c);
        }

        throw WharfException.Invalid("unexpected end of statement while looking for matching single-quote");
    }

    private void DoubleQuoted(ref Scan scan, WordSink sink, int depth)
    {
        scan.Next();
        sink.Touch();
        while (!scan.End)
        {
            char c = scan.Peek;
            if (c == '"')
            {
                scan.Next();
                return;
            }

            if (c == '$')
            {
                sink.Literal(Dollar(ref scan, depth));
                continue;
            }

            scan.Next();
            if (c == escape && !scan.End)
            {
                char escaped = scan.Next();
                if (escaped != '"' && escaped != '$' && escaped != escape)
                {
                    sink.Literal(escape);
                }

                c = escaped;
            }

            sink.Literal(c);
        }

        throw WharfException.Invalid("unexpected end of statement while looking for matching double-quote");
    }

    private string Dollar(ref Scan scan, int depth)
    {
        scan.Next();
        if (scan.End)
        {
            return "$";
        }

        if (scan.Peek != '{')
        {
            string name = Name(ref scan);
            return name.Length == 0 ? "$" : Value(name) ?? "";
        }

        scan.Next();
        return Braced(ref scan, depth + 1);
    }

    private string Braced(ref Scan scan, int depth)
    {
        string name = Name(ref scan);
        if (name.Length == 0)
        {
            throw WharfException.Invalid("bad substitution");
        }

        if (scan.End)
        {
            throw WharfException.Invalid($"syntax error: missing '}}' after ${{{name}");
        }

        char operation = scan.Next();
        bool emptyCounts = false;
        if (operation == ':')
        {
            emptyCounts = true;
            operation = scan.End ? '\0' : scan.Next();
            if (operation is not ('+' or '-' or '?'))
            {
                throw WharfException.Invalid($"unsupported modifier ({operation}) in substitution");
            }
        }

        return operation switch
        {
            '}' => Value(name) ?? "",
            '+' or '-' or '?' => Conditional(ref scan, name, operation, emptyCounts, depth),
            '#' or '%' => RemovePattern(ref scan, name, operation, depth),
            '/' => ReplacePattern(ref scan, name, depth),
            _ => throw WharfException.Invalid($"unsupported modifier ({operation}) in substitution"),
        };
    }

    private string Conditional(ref Scan scan, string name, char operation, bool emptyCounts, int depth)
    {
        string word = Inner(ref scan, '}', depth);
        string? value = lookup(name);
        bool present = value is not null && !(emptyCounts && value.Length == 0);
        return operation switch
        {
            '+' => present ? word : "",
            '-' => present ? value! : word,
            _ => present ? value! : throw WharfException.Invalid($"{name}: {(word.Length > 0 ? word : emptyCounts ? "not allowed to be empty" : "not allowed to be unset")}"),
        };
    }

    private string RemovePattern(ref Scan scan, string name, char operation, int depth)
    {
        bool greedy = !scan.End && scan.Peek == operation;
        if (greedy)
        {
            scan.Next();
        }

        var pattern = new ShellPattern(Raw(ref scan, '}', depth));
        string value = Value(name) ?? "";
        return operation == '#' ? pattern.RemovePrefix(value, greedy) : pattern.RemoveSuffix(value, greedy);
    }

    private string ReplacePattern(ref Scan scan, string name, int depth)
    {
        bool all = !scan.End && scan.Peek == '/';
        if (all)
        {
            scan.Next();
        }

        string pattern = Raw(ref scan, '/', depth);
        string replacement = Inner(ref scan, '}', depth);
        return new ShellPattern(pattern).Replace(Value(name) ?? "", replacement, all);
    }

    private string Inner(ref Scan scan, char stop, int depth)
    {
        var sink = new WordSink(splitting: false);
        ExpandUntil(ref scan, stop, sink, depth);
        return sink.Whole();
    }

    /// <summary>A pattern: variables are replaced, but escapes stay, as they take the pattern's signs their meaning.</summary>
    private string Raw(ref Scan scan, char stop, int depth)
    {
        var text = new StringBuilder();
        while (!scan.End)
        {
            char c = scan.Peek;
            if (c == stop)
            {
                scan.Next();
                return text.ToString();
            }

            if (c == '$')
            {
                text.Append(Dollar(ref scan, depth));
                continue;
            }

            scan.Next();
            if (c == escape && !scan.End)
            {
                text.Append('\\');
                c = scan.Next();
            }

            text.Append(c);
        }

        throw WharfException.Invalid($"unexpected end of statement while looking for matching {stop}");
    }

    private string? Value(string name)
    {
        string? value = lookup(name);
        if (value is null)
        {
            Unset.Add(name);
        }

        return value;
    }

    private static string Name(ref Scan scan)
    {
        if (scan.End)
        {
            return "";
        }

        char first = scan.Peek;
        if (char.IsAsciiDigit(first))
        {
            return scan.While(char.IsAsciiDigit);
        }

        if (first is '@' or '*' or '#' or '?' or '-' or '$' or '!')
        {
            scan.Next();
            return first.ToString();
        }

        return scan.While(c => char.IsAsciiLetterOrDigit(c) || c == '_');
    }

    private struct Scan(string text)
    {
        private int _at;

        public readonly bool End => _at >= text.Length;

        public readonly char Peek => text[_at];

        public char Next() => text[_at++];

        public string While(Func<char, bool> take)
        {
            int start = _at;
            while (!End && take(Peek))
            {
                _at++;
            }

            return text[start.._at];
        }
    }
}
