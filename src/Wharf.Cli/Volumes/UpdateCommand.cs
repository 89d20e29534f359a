using System.Text;
using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Client;
using Wharf.Client.Http;

namespace Wharf.Cli.Volumes;

/// <summary>Changes the availability of a cluster volume; the engine refuses it for any other.</summary>
internal static class UpdateCommand
{
    public static Command Definition => new("update", "Update a volume (cluster volumes only)")
    {
        Usage = "[OPTIONS] [VOLUME]",
        Arity = Arity.Exactly(1),
        Flags =
        [
            new("availability", FlagKind.String, "Cluster Volume availability (\"active\", \"pause\", \"drain\")", "active"),
        ],
        Complete = Completion.Volumes,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        string path = "/volumes/" + EngineClient.PathOf(call.Arguments[0], "volume");
        using JsonDocument volume = JsonDocument.Parse(await call.Cli.Client.GetBytesAsync(path, ct));
        if (volume.RootElement.Member("ClusterVolume") is not { ValueKind: JsonValueKind.Object } cluster)
        {
            throw new CommandException("Can only update cluster volumes");
        }

        string version = (cluster.Member("Version")?.Number("Index") ?? 0).ToString(System.Globalization.CultureInfo.InvariantCulture);
        string body = $"{{\"Spec\":{{\"Availability\":\"{JsonEncodedText.Encode(call.String("availability"))}\"}}}}";
        await call.Cli.Client.CallAsync("PUT", path + new Query { { "version", version } }, RequestBody.Json(Encoding.UTF8.GetBytes(body)), ct);
        return 0;
    }
}
