using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Trust;

/// <summary><c>trust …</c>: signatures of cosign's kind, which the trust policy of an engine asks for.</summary>
internal static class TrustCommands
{
    public static Command Group => new("trust", "Manage trust on Docker images")
    {
        Group = CommandGroup.Management,
        Usage = "COMMAND",
        Description = """
            Sign images in a registry, and look for their signatures.

            A signature is of cosign's kind: by an ECDSA or Ed25519 key, kept in the repository of the
            image. Which images an engine accepts is said in its trust policy (wharfd --trust-policy).
            """,
        Children = () => [KeygenCommand.Definition, SignCommand.Definition, VerifyCommand.Definition],
    };
}
