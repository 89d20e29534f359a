using System.Security.Cryptography;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Manifests;
using Wharf.Oci.Signing;
using Wharf.Primitives;

namespace Wharf.Cli.Trust;

internal static class SignCommand
{
    public static Command Definition => new("sign", "Sign an image in its registry")
    {
        Usage = "[OPTIONS] IMAGE[:TAG|@DIGEST]",
        Arity = Arity.Exactly(1),
        Flags =
        [
            new("insecure", FlagKind.Bool, "Allow communication with an insecure registry"),
            new("key", FlagKind.String, "File of the private key (PEM)"),
            new("with-tag", FlagKind.Bool, "Sign for this tag alone, not for any of the repository"),
        ],
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        ImageReference image = LocalManifests.Parse(call.Arguments[0]);
        bool withTag = call.Bool("with-tag");
        if (withTag && image.Tag is null)
        {
            throw new CommandException("--with-tag needs an image with a tag");
        }

        using SigningKey key = Read(call.String("key"), SigningKey.Read);
        using var remote = new RemoteManifests(call.Cli, call.Bool("insecure"));
        (_, _, Digest digest) = await remote.FetchAsync(image, ct);
        var signatures = new RemoteSignatures(remote, image);
        await signatures.AddAsync(digest, SimpleSigning.Make(withTag ? $"{image.Name}:{image.Tag}" : image.Name, digest, key), ct);
        call.Cli.Out.WriteLine($"Signed {image.Familiar} ({digest})");
        return 0;
    }

    /// <summary>Reads the file that <c>--key</c> names.</summary>
    public static T Read<T>(string file, Func<string, string, T> read)
    {
        try
        {
            return read(File.ReadAllText(file.Length > 0 ? file : throw new CommandException("--key is needed: a file made by trust keygen")), file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or FormatException)
        {
            throw new CommandException(e.Message);
        }
    }
}
