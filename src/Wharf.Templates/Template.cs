using System.Text;
using Wharf.Templates.Execution;
using Wharf.Templates.Syntax;

namespace Wharf.Templates;

/// <summary>
/// A parsed Go text/template. Parsing and running give the texts and the output of Go's package; work and output are bounded, so
/// that a format from anywhere can be run.
/// </summary>
public sealed class Template
{
    private readonly string _text;
    private readonly ListNode _root;
    private readonly Dictionary<string, ListNode> _definitions;
    private readonly IReadOnlyDictionary<string, TemplateFunction> _functions;

    private Template(string name, string text, ListNode root, Dictionary<string, ListNode> definitions, IReadOnlyDictionary<string, TemplateFunction> functions)
    {
        Name = name;
        _text = text;
        _root = root;
        _definitions = definitions;
        _functions = functions;
    }

    public string Name { get; }

    /// <summary>Parses with Go's built-in functions and Docker's.</summary>
    /// <exception cref="TemplateException"><c>template: NAME:LINE: …</c></exception>
    public static Template Parse(string text, string name = "") => Parse(text, name, DockerFunctions.Basic);

    /// <summary>Parses with Go's built-in functions and the given ones.</summary>
    public static Template Parse(string text, string name, IReadOnlyDictionary<string, TemplateFunction> functions)
    {
        var definitions = new Dictionary<string, ListNode>(StringComparer.Ordinal);
        ListNode root = Parser.Parse(name, text, f => functions.ContainsKey(f) || Builtins.All.ContainsKey(f), definitions);
        return new Template(name, text, root, definitions, functions);
    }

    /// <summary>Runs the template over a value.</summary>
    /// <param name="data">See <see cref="Values.TemplateJson"/> and <see cref="Values.ITemplateObject"/> for what a value can be.</param>
    /// <param name="options">Limits, and what a missing map key does.</param>
    /// <exception cref="TemplateException"><c>template: NAME:LINE:COLUMN: executing "NAME" at &lt;…&gt;: …</c></exception>
    public string Execute(object? data, TemplateOptions? options = null)
    {
        var output = new StringBuilder();
        Execute(data, output, options);
        return output.ToString();
    }

    /// <summary>As the other overload, into a buffer that keeps what was written before an error.</summary>
    public void Execute(object? data, StringBuilder output, TemplateOptions? options = null) =>
        new Evaluator(Name, _text, _definitions, _functions, options ?? TemplateOptions.Default, output).Run(_root, data);
}
