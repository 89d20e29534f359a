namespace Wharf.Templates.Values;

/// <summary>
/// A nil that knows its kind, as Go's typed nils do: false, empty, null in JSON, but printed as a pointer, a list or a map is.
/// </summary>
public sealed class TemplateNil
{
    public static readonly TemplateNil Pointer = new("<nil>");
    public static readonly TemplateNil List = new("[]");
    public static readonly TemplateNil Map = new("map[]");

    private readonly string _text;

    private TemplateNil(string text) => _text = text;

    public override string ToString() => _text;
}
