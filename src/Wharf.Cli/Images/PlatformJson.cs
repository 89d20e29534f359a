using System.Text;
using System.Text.Json;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Images;

/// <summary><c>os[/arch[/variant]]</c> as the JSON that newer endpoints take.</summary>
internal static class PlatformJson
{
    public static string? Of(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        string[] parts = text.ToLowerInvariant().Split('/');
        if (parts.Length > 3 || parts.Any(p => p.Length == 0 || p.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.' or '(' or ')'))))
        {
            throw new CommandException($"invalid platform: \"{text}\": invalid argument");
        }

        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory))
        {
            writer.WriteStartObject();
            if (parts.Length > 1)
            {
                writer.WriteString("architecture", parts[1]);
            }

            writer.WriteString("os", parts[0]);
            if (parts.Length > 2)
            {
                writer.WriteString("variant", parts[2]);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(memory.ToArray());
    }
}
