using Wharf.Primitives;

namespace Wharf.Build.Dockerfile;

/// <summary>Parser directives, the special comments on the first lines: Dockerfile reference, "Parser directives".</summary>
public sealed record Directives(string? Syntax, char Escape, string? Check)
{
    /// <summary>How many lines at the top they take.</summary>
    public int LineCount { get; init; }

    private static readonly Directives Default = new(null, '\\', null);

    /// <summary>Reads the directives at the top; the first line that is none ends them.</summary>
    /// <exception cref="WharfException">InvalidArgument: one given twice, or an escape that is neither backslash nor backtick.</exception>
    public static Directives Read(IReadOnlyList<string> lines)
    {
        var result = Default;
        var seen = new HashSet<string>();
        for (int i = 0; i < lines.Count; i++)
        {
            string line = lines[i].Trim();
            if (i == 0 && line.StartsWith("#!", StringComparison.Ordinal))
            {
                continue;
            }

            int equals = line.IndexOf('=');
            if (!line.StartsWith('#') || equals < 0)
            {
                break;
            }

            string name = line[1..equals].Trim().ToLowerInvariant();
            string value = line[(equals + 1)..].Trim();
            if (name is not ("syntax" or "escape" or "check"))
            {
                break;
            }

            if (!seen.Add(name))
            {
                throw DockerfileError.At(new SourceRange(i + 1, i + 1), $"only one {name} parser directive can be used", name);
            }

            result = result with { LineCount = i + 1 };
            result = name switch
            {
                "syntax" => result with { Syntax = value },
                "check" => result with { Check = value },
                _ => result with { Escape = EscapeOf(value, i + 1) },
            };
        }

        return result.Syntax is null && SyntaxLevel.Detect(lines) is { } other ? result with { Syntax = other } : result;
    }

    private static char EscapeOf(string value, int line) =>
        value is "\\" or "`" ? value[0] : throw DockerfileError.At(new SourceRange(line, line), $"invalid escape token '{value}' does not match ` or \\", value);
}
