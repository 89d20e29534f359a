using System.Text;
using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Primitives;

namespace Wharf.Cli.Manifests;

internal static class InspectCommand
{
    private const string Summary = "Display an image manifest, or manifest list";

    public static Command Definition => new("inspect", Summary)
    {
        Usage = "[OPTIONS] [MANIFEST_LIST] MANIFEST",
        Description = Summary + ManifestCommands.Notice("docker manifest inspect"),
        Arity = Arity.Between(1, 2),
        Flags =
        [
            new("insecure", FlagKind.Bool, "Allow communication with an insecure registry"),
            new("verbose", 'v', FlagKind.Bool, "Output additional info including layers and platform"),
        ],
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        var local = new LocalManifests(call.Cli.ConfigDirectory);
        ImageReference image = LocalManifests.Parse(call.Arguments[^1]);
        if (call.Arguments.Count == 2)
        {
            ImageReference list = LocalManifests.Parse(call.Arguments[0]);
            Show(call, false, [local.Find(list, image) ?? throw new CommandException($"No such manifest: {image}")]);
            return 0;
        }

        if (local.List(image) is { } images)
        {
            Show(call, true, images);
            return 0;
        }

        using var remote = new RemoteManifests(call.Cli, call.Bool("insecure"));
        var found = await remote.AnyAsync(image, ct);
        Show(call, found.IsList, found.Images);
        return 0;
    }

    private static void Show(Invocation call, bool isList, IReadOnlyList<ManifestRecord> images)
    {
        byte[] text = (call.Bool("verbose"), isList) switch
        {
            (false, true) => ManifestListJson.List(images),
            (false, false) => ManifestListJson.Tabbed(writer =>
            {
                using JsonDocument raw = JsonDocument.Parse(images[0].Raw);
                raw.RootElement.WriteTo(writer);
            }),
            (true, true) => ManifestListJson.Tabbed(writer =>
            {
                writer.WriteStartArray();
                foreach (ManifestRecord image in images)
                {
                    image.Write(writer);
                }

                writer.WriteEndArray();
            }),
            (true, false) => ManifestListJson.Tabbed(images[0].Write),
        };
        call.Cli.Out.WriteForeign(Encoding.UTF8.GetString(text) + "\n");
    }
}
