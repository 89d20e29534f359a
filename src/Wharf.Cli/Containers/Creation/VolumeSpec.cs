using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Containers.Creation;

/// <summary><c>-v [SOURCE:]TARGET[:OPTIONS]</c>.</summary>
internal static class VolumeSpec
{
    /// <summary>The bind for the engine, or null when only a target was given (an anonymous volume).</summary>
    public static string? ToBind(string text)
    {
        if (text.Length == 0)
        {
            throw new CommandException("invalid empty volume spec");
        }

        int colon = text.IndexOf(':');
        if (colon < 0)
        {
            return null;
        }

        string source = text[..colon];
        if (source.Length == 0)
        {
            throw new CommandException($"invalid spec: {text}: empty section between colons");
        }

        // a path beside us is made absolute here: the engine does not know our working directory
        return source[0] == '.' ? Path.GetFullPath(source) + text[colon..] : text;
    }
}
