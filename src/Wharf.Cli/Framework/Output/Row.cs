using Wharf.Templates.Values;

namespace Wharf.Cli.Framework.Output;

/// <summary>A field that table formats can name: its title in the header line and its value for an item.</summary>
internal sealed record Column<T>(string Name, string Title, Func<T, object?> Value)
{
    /// <summary>False for methods with arguments, which <c>{{json .}}</c> does not list.</summary>
    public bool InJson { get; init; } = true;
}

/// <summary>One item of a list as a template value.</summary>
internal sealed class Row<T>(string typeName, IReadOnlyList<Column<T>> columns, T item) : ITemplateObject
{
    public string TypeName => typeName;

    public bool EscapesHtml => true;

    public IEnumerable<KeyValuePair<string, object?>> Members => columns.Where(c => c.InJson)
        .OrderBy(c => c.Name, StringComparer.Ordinal)
        .Select(c => new KeyValuePair<string, object?>(c.Name, c.Value(item)));

    public bool TryGetMember(string name, out object? value)
    {
        foreach (Column<T> column in columns)
        {
            if (column.Name == name)
            {
                value = column.Value(item);
                return true;
            }
        }

        value = null;
        return false;
    }
}
