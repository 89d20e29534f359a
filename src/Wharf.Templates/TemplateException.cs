namespace Wharf.Templates;

/// <summary>A template that cannot be parsed or run. The text is Go's: <c>template: name:line: …</c>.</summary>
public sealed class TemplateException : Exception
{
    public TemplateException(string message)
        : base(message)
    {
    }
}
