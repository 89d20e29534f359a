namespace Wharf.Templates.Values;

/// <summary>
/// A value with fields and methods, like a Go struct. Members are looked up by their exact, case-sensitive name; a member that
/// takes arguments is a <see cref="TemplateMethod"/>. No reflection: whoever implements this lists the members.
/// </summary>
public interface ITemplateObject
{
    /// <summary>The Go type that error texts name, such as <c>*formatter.ContainerContext</c>.</summary>
    string TypeName { get; }

    bool TryGetMember(string name, out object? value);

    /// <summary>The members in declaration order, for printing and for <c>json</c>.</summary>
    IEnumerable<KeyValuePair<string, object?>> Members { get; }

    /// <summary>True where Go's own marshalling runs first, which escapes &lt;, &gt; and &amp;.</summary>
    bool EscapesHtml => false;
}

/// <summary>A method of a value: how many arguments it takes and what it does with them.</summary>
/// <param name="Arity">The exact number of arguments.</param>
/// <param name="Invoke">Called with converted arguments; throws <see cref="TemplateException"/> to fail the template.</param>
public sealed record TemplateMethod(int Arity, Func<object?[], object?> Invoke);

/// <summary>A Go struct whose fields are known one by one, in order.</summary>
public sealed class TemplateStruct(string typeName, IReadOnlyList<KeyValuePair<string, object?>> fields) : ITemplateObject
{
    public string TypeName => typeName;

    public bool EscapesHtml { get; init; }

    public IEnumerable<KeyValuePair<string, object?>> Members => fields;

    public bool TryGetMember(string name, out object? value)
    {
        foreach ((string field, object? content) in fields)
        {
            if (field == name)
            {
                value = content;
                return true;
            }
        }

        // A Go field and its JSON name may differ in case (APIVersion is ApiVersion on the wire).
        foreach ((string field, object? content) in fields)
        {
            if (name.Length > 0 && char.IsAsciiLetterUpper(name[0]) && field.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                value = content;
                return true;
            }
        }

        value = null;
        return false;
    }
}
