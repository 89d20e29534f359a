namespace Wharf.Cli.Framework.Output;

/// <summary>The format <c>raw</c> of list commands: a paragraph for each item, <c>title: value</c> a line.</summary>
internal static class RawFormat
{
    /// <param name="format">As given: returned as it is unless it is the word raw.</param>
    /// <param name="lines">The lines' titles and what stands behind the colon, in order.</param>
    public static string Expand(string format, params (string Title, string Value)[] lines) => format == "raw"
        ? string.Concat(lines.Select(l => $"{l.Title}:{l.Value}\n"))
        : format;

    /// <summary>What the word raw stands for beside --quiet: one line for each item.</summary>
    public static string ExpandQuiet(string format, string title, string name) => format == "raw" ? $"{title}: {{{{.{name}}}}}" : format;

    /// <summary>A field behind its title.</summary>
    public static (string Title, string Value) Field(string title, string name) => (title, $" {{{{.{name}}}}}");

    /// <summary>A field that may be empty: no blank stands before nothing.</summary>
    public static (string Title, string Value) Padded(string title, string name) => (title, $"{{{{- pad .{name} 1 0}}}}");
}
