using System.Buffers.Text;
using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Registry;

namespace Wharf.Cli.Builds;

internal static class RegistryCredentials
{
    /// <summary>Every known credential, by server, as the header X-Registry-Config has them: the engine cannot ask for one in the middle of a build.</summary>
    public static string All(CliContext cli)
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory))
        {
            writer.WriteStartObject();
            foreach (RegistryAuth auth in new Credentials(cli.Config).All())
            {
                writer.WritePropertyName(auth.Server);
                writer.WriteRawValue(auth.ToJson());
            }

            writer.WriteEndObject();
        }

        string text = Base64Url.EncodeToString(memory.ToArray());
        return text.PadRight((text.Length + 3) / 4 * 4, '=');
    }
}
