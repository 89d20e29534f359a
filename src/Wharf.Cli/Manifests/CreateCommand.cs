using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Primitives;

namespace Wharf.Cli.Manifests;

internal static class CreateCommand
{
    private const string Summary = "Create a local manifest list for annotating and pushing to a registry";

    public static Command Definition => new("create", Summary)
    {
        Usage = "MANIFEST_LIST MANIFEST [MANIFEST...]",
        Description = Summary + ManifestCommands.Notice("docker manifest create"),
        Arity = Arity.AtLeast(2),
        Flags =
        [
            new("amend", 'a', FlagKind.Bool, "Amend an existing manifest list"),
            new("insecure", FlagKind.Bool, "Allow communication with an insecure registry"),
        ],
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        ImageReference list = LocalManifests.Parse(call.Arguments[0], "error parsing name for manifest list");
        var local = new LocalManifests(call.Cli.ConfigDirectory);
        if (local.List(list) is not null && !call.Bool("amend"))
        {
            throw new CommandException("refusing to amend an existing manifest list with no --amend flag");
        }

        using var remote = new RemoteManifests(call.Cli, call.Bool("insecure"));
        foreach (string argument in call.Arguments.Skip(1))
        {
            ImageReference image = LocalManifests.Parse(argument);
            ManifestRecord record = local.Find(list, image) ?? await remote.ImageAsync(image, ct);
            local.Save(list, image, record);
        }

        call.Cli.Out.WriteLine($"Created manifest list {list}");
        return 0;
    }
}
