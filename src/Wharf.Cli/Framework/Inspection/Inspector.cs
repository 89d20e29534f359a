using System.Text;
using Wharf.Cli.Framework.Commands;
using Wharf.Primitives;
using Wharf.Templates;
using Wharf.Templates.Values;

namespace Wharf.Cli.Framework.Inspection;

/// <summary>What all inspect commands do: fetch each object, show the found ones together, then the errors.</summary>
internal static class Inspector
{
    /// <param name="call">The invocation, with its arguments and <c>--format</c>.</param>
    /// <param name="typeName">The Go type of the objects, for template errors.</param>
    /// <param name="fetch">The object's JSON as the engine wrote it.</param>
    /// <param name="names">What to inspect; the arguments unless told.</param>
    public static async Task<int> RunAsync(Invocation call, string typeName, Func<string, ValueTask<byte[]>> fetch, IEnumerable<string>? names = null)
    {
        string format = call.String("format");
        Template? template = format is "" or "json" ? null : Parse(format);
        var found = new List<byte[]>();
        var text = new StringBuilder();
        var errors = new List<string>();
        foreach (string name in names ?? call.Arguments)
        {
            try
            {
                byte[] json = await fetch(name);
                if (template is null)
                {
                    found.Add(json);
                }
                else
                {
                    text.Append(Render(template, json, typeName, call.Cli.Foreign)).Append('\n');
                }
            }
            catch (WharfException e) when (e.Kind != ErrorKind.Unavailable)
            {
                errors.Add(e.Message);
            }
            catch (CommandException e)
            {
                errors.Add(e.Message);
            }
        }

        if (template is null)
        {
            call.Cli.Out.WriteForeign(Join(found, format == "json"));
        }
        else
        {
            call.Cli.Out.Write(text.Length > 0 ? text.ToString() : "\n");
        }

        return errors.Count == 0 ? 0 : throw new CommandException(string.Join('\n', errors));
    }

    private static string Join(List<byte[]> found, bool compact)
    {
        if (found.Count == 0)
        {
            return "[]\n";
        }

        return compact
            ? "[" + string.Join(',', found.Select(j => RawJson.Compact(j))) + "]\n"
            : "[\n    " + string.Join(",\n    ", found.Select(j => RawJson.Indent(j, "    "))) + "\n]\n";
    }

    private static Template Parse(string format)
    {
        try
        {
            return Template.Parse(format);
        }
        catch (TemplateException e)
        {
            throw new CommandException($"template parsing error: {e.Message}", 64);
        }
    }

    /// <summary>First over the typed shape; when that fails, over the bare JSON, whose error is the one that is told.</summary>
    private static string Render(Template template, byte[] json, string typeName, TemplateOptions options)
    {
        try
        {
            return template.Execute(InspectShape.Read(json, typeName), options);
        }
        catch (TemplateException)
        {
            try
            {
                return template.Execute(TemplateJson.Read(json), options with { MissingKeyIsError = true });
            }
            catch (TemplateException e)
            {
                throw new CommandException($"template parsing error: {e.Message}");
            }
        }
    }
}
