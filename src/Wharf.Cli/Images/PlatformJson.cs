using System.Text;
using System.Text.Json;
using Wharf.Cli.Framework.Commands;
using Wharf.Oci.Images;
using Wharf.Primitives;

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

        Platform platform = Parse(text, "invalid platform");
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory))
        {
            writer.WriteStartObject();
            writer.WriteString("architecture", platform.Architecture);
            writer.WriteString("os", platform.Os);
            if (platform.Variant is { Length: > 0 } variant)
            {
                writer.WriteString("variant", variant);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(memory.ToArray());
    }

    /// <exception cref="CommandException">It is no platform.</exception>
    public static Platform Parse(string text, string complaint)
    {
        try
        {
            return Platform.Parse(text);
        }
        catch (WharfException e)
        {
            throw new CommandException($"{complaint}: {e.Message}");
        }
    }
}
