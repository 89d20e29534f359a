namespace Wharf.Engine.Containers.Naming;

/// <summary>The rule for names: a letter or digit, then at least one of letters, digits, dot, dash and underscore.</summary>
internal static class ContainerName
{
    /// <summary>The name without a leading slash.</summary>
    /// <exception cref="Wharf.Primitives.WharfException">InvalidArgument with Docker's text.</exception>
    public static string Parse(string text)
    {
        string name = text.StartsWith('/') ? text[1..] : text;
        if (name.Length < 2 || !char.IsAsciiLetterOrDigit(name[0]))
        {
            throw ContainerErrors.InvalidName(text);
        }

        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-'))
            {
                throw ContainerErrors.InvalidName(text);
            }
        }

        return name;
    }
}
