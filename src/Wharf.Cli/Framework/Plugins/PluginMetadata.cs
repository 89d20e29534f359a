using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wharf.Cli.Framework.Plugins;

/// <summary>What a plugin says of itself when it is called with <c>docker-cli-plugin-metadata</c>.</summary>
internal sealed record PluginMetadata(string Name, string Path, string Vendor, string Version, string ShortDescription, string? Error)
{
    private const string Question = "docker-cli-plugin-metadata";
    private const string KnownSchema = "0.";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static PluginMetadata Ask(string name, string path)
    {
        PluginMetadata Broken(string why) => new(name, path, "", "", "", why);
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(path, [Question]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
            process.StandardInput.Close();
            Task<string> answer = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(Patience))
            {
                process.Kill(entireProcessTree: true);
                return Broken($"failed to fetch metadata: no answer within {Patience.TotalSeconds} s");
            }

            if (process.ExitCode != 0)
            {
                return Broken($"failed to fetch metadata: exit status {process.ExitCode}");
            }

            JsonObject json = JsonNode.Parse(answer.GetAwaiter().GetResult())?.AsObject() ?? [];
            string Member(string member) => json[member] is JsonValue value && value.TryGetValue(out string? text) ? text : "";
            return Member("SchemaVersion") is { Length: > 0 } schema && !schema.StartsWith(KnownSchema, StringComparison.Ordinal)
                ? Broken($"plugin SchemaVersion \"{schema}\" is not valid, must be 0.1.0")
                : Member("Vendor").Length == 0 ? Broken("plugin metadata does not define a vendor")
                : new PluginMetadata(name, path, Member("Vendor"), Member("Version"), Member("ShortDescription"), null);
        }
        catch (Exception e) when (e is Win32Exception or JsonException or InvalidOperationException)
        {
            return Broken($"failed to fetch metadata: {e.Message}");
        }
    }
}
