using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Primitives;

namespace Wharf.Cli.Manifests;

internal static class PushCommand
{
    private const string Summary = "Push a manifest list to a repository";

    public static Command Definition => new("push", Summary)
    {
        Usage = "[OPTIONS] MANIFEST_LIST",
        Description = Summary + ManifestCommands.Notice("docker manifest push"),
        Arity = Arity.Exactly(1),
        Flags =
        [
            new("insecure", FlagKind.Bool, "Allow push to an insecure registry"),
            new("purge", 'p', FlagKind.Bool, "Remove the local manifest list after push"),
        ],
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        ImageReference list = LocalManifests.Parse(call.Arguments[0]);
        var local = new LocalManifests(call.Cli.ConfigDirectory);
        IReadOnlyList<ManifestRecord> images = local.List(list) ?? throw new CommandException($"No such manifest: {list}");
        if (images.Count == 0)
        {
            throw new CommandException($"{list} not found");
        }

        if (images.FirstOrDefault(i => i.Platform is not { Architecture.Length: > 0, Os.Length: > 0 }) is { } without)
        {
            throw new CommandException($"manifest {without.Ref} must have an OS and Architecture to be pushed to a registry");
        }

        using var remote = new RemoteManifests(call.Cli, call.Bool("insecure"));
        foreach (ManifestRecord image in images.Where(i => i.Ref.Name != list.Name))
        {
            await remote.CopyAsync(image, list, ct);
            call.Cli.Out.WriteLine($"Pushed ref {list.Name}@{image.Digest} with digest: {image.Digest}");
        }

        byte[] content = ManifestListJson.List(images);
        await remote.PutAsync(list, list.Tag!, ManifestListJson.MediaTypeOf(images), content, ct);
        call.Cli.Out.WriteLine(Digest.Sha256(content).ToString());
        if (call.Bool("purge"))
        {
            local.Remove(list);
        }

        return 0;
    }
}
