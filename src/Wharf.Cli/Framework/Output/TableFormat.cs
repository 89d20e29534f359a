using System.Text;
using Wharf.Cli.Framework.Commands;
using Wharf.Templates;
using Wharf.Templates.Values;

namespace Wharf.Cli.Framework.Output;

/// <summary>The output formats of list commands: <c>table</c>, <c>table TEMPLATE</c>, <c>raw</c>, <c>json</c>, a template.</summary>
internal static class TableFormat
{
    private const string Table = "table";
    private const string Mistake = "template parsing error";

    /// <param name="format">As given with --format, or the command's default.</param>
    /// <param name="defaultTable">What <c>table</c> alone stands for: the template behind the word.</param>
    /// <param name="typeName">The Go type that errors name.</param>
    /// <param name="columns">The fields.</param>
    /// <param name="items">The rows.</param>
    public static string Render<T>(string format, string defaultTable, string typeName, IReadOnlyList<Column<T>> columns, IEnumerable<T> items)
    {
        bool isTable = format.StartsWith(Table, StringComparison.Ordinal);
        string text = Text(format == Table ? defaultTable : isTable ? format[Table.Length..] : format);
        Template template = Parse(text, DockerFunctions.Basic);
        var output = new StringBuilder();
        foreach (T item in items)
        {
            Run(template, new Row<T>(typeName, columns, item), output);
            output.Append('\n');
        }

        if (!isTable)
        {
            return output.ToString();
        }

        var header = new HeaderRow(columns.ToDictionary(c => c.Name, c => c.Title));
        var page = new StringBuilder();
        Run(Parse(text, DockerFunctions.Header), header, page);
        page.Append('\n').Append(output);
        return TabWriter.Align(page.ToString());
    }

    /// <summary>One line for one thing that is no list.</summary>
    public static string Render(string format, ITemplateObject item)
    {
        var output = new StringBuilder();
        Run(Parse(Text(format.StartsWith(Table, StringComparison.Ordinal) ? format[Table.Length..] : format), DockerFunctions.Basic), item, output);
        return output.Append('\n').ToString();
    }

    /// <summary>Finds a template's mistakes before the engine is asked for anything, by a row of an empty item.</summary>
    public static void Check<T>(string format, string typeName, IReadOnlyList<Column<T>> columns, T empty)
    {
        string text = Text(format.StartsWith(Table, StringComparison.Ordinal) ? format[Table.Length..] : format);
        Run(Parse(text, DockerFunctions.Basic, "failed to parse template"), new Row<T>(typeName, columns, empty), new StringBuilder(), "failed to execute template");
    }

    private static string Text(string format) => (format == "json" ? "{{json .}}" : format)
        .Trim(' ').Replace("\\t", "\t", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal);

    private static Template Parse(string text, IReadOnlyDictionary<string, TemplateFunction> functions, string mistake = Mistake)
    {
        try
        {
            return Template.Parse(text, "", functions);
        }
        catch (TemplateException e)
        {
            throw new CommandException($"{mistake}: {e.Message}");
        }
    }

    private static void Run(Template template, object item, StringBuilder output, string mistake = Mistake)
    {
        try
        {
            template.Execute(item, output, VisibleText.InTemplates);
        }
        catch (TemplateException e)
        {
            throw new CommandException($"{mistake}: {e.Message}");
        }
    }
}
