using Wharf.Templates.Values;

namespace Wharf.Cli.Framework.Output;

/// <summary>The header line as a template value: each field is its title; <c>Label "a.b-c"</c> is titled by the end of its name.</summary>
internal sealed class HeaderRow(Dictionary<string, string> titles) : ITemplateObject
{
    public string TypeName => "formatter.SubHeaderContext";

    public IEnumerable<KeyValuePair<string, object?>> Members =>
        titles.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => new KeyValuePair<string, object?>(t.Key, t.Value));

    /// <summary>A field without a title is empty, not an error: the rows have their own say about it.</summary>
    public bool TryGetMember(string name, out object? value)
    {
        value = name == "Label" ? new TemplateMethod(1, a => LabelTitle(a[0] as string ?? "")) : titles.GetValueOrDefault(name);
        return true;
    }

    private static string LabelTitle(string label) => label.Split('.')[^1].Replace('-', ' ').Replace('_', ' ');
}
