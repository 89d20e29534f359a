using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Oci.Signing;

namespace Wharf.Cli.Trust;

internal static class KeygenCommand
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static Command Definition => new("keygen", "Generate a pair of keys: NAME.key to sign with, NAME.pub for trust policies")
    {
        Usage = "[OPTIONS] NAME",
        Arity = Arity.Exactly(1),
        Flags = [new("type", FlagKind.String, "Kind of key (\"ecdsa-p256\", \"ed25519\")", "ecdsa-p256")],
        Complete = Completion.Files,
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        using SigningKey key = call.String("type") switch
        {
            "ecdsa-p256" => SigningKey.NewEcdsa(),
            "ed25519" => SigningKey.NewEd25519(),
            var other => throw new CommandException($"unknown type of key \"{other}\": ecdsa-p256 and ed25519 are known"),
        };
        string name = call.Arguments[0];
        try
        {
            // A key that is there is never overwritten: what it signed could not be signed again.
            Write(name + ".key", key.PrivatePem(), OwnerOnly);
            Write(name + ".pub", key.PublicPem(), OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(e.Message);
        }

        call.Cli.Out.WriteLine($"Private key written to {name}.key, which is not encrypted: keep it where only you can read it\nPublic key written to {name}.pub");
        return Task.FromResult(0);
    }

    private static void Write(string path, string pem, UnixFileMode mode)
    {
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode });
        file.Write(System.Text.Encoding.ASCII.GetBytes(pem));
    }
}
