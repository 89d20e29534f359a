using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Manifests;
using Wharf.Oci.Signing;
using Wharf.Primitives;

namespace Wharf.Cli.Trust;

internal static class VerifyCommand
{
    public static Command Definition => new("verify", "Look for a signature of an image in its registry")
    {
        Usage = "[OPTIONS] IMAGE[:TAG|@DIGEST]",
        Arity = Arity.Exactly(1),
        Flags =
        [
            new("insecure", FlagKind.Bool, "Allow communication with an insecure registry"),
            new("key", FlagKind.String, "File of the public key (PEM)"),
        ],
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        ImageReference image = LocalManifests.Parse(call.Arguments[0]);
        SignatureKey key = SignCommand.Read(call.String("key"), SignatureKey.Read);
        using var remote = new RemoteManifests(call.Cli, call.Bool("insecure"));
        (_, _, Digest digest) = await remote.FetchAsync(image, ct);
        IReadOnlyList<SimpleSigning> found = await new RemoteSignatures(remote, image).FindAsync(digest, ct);
        List<string?> problems = [.. found.Select(s => s.Problem([key], image.Name, image.Tag, digest))];
        if (!problems.Contains(null))
        {
            throw new CommandException(problems.Count == 0
                ? $"{image.Familiar} ({digest}) has no signature"
                : $"{image.Familiar} ({digest}) has no signature that fits: {string.Join(", ", problems.Distinct())}");
        }

        call.Cli.Out.WriteLine($"{image.Familiar} ({digest}) is signed by this key");
        return 0;
    }
}
