using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Framework;

/// <summary>
/// Signed tags (Docker Content Trust) are not checked by this client. Who asks for the check, by <c>--disable-content-trust=false</c> or by
/// DOCKER_CONTENT_TRUST, is told so instead of getting an image that nobody checked.
/// </summary>
internal static class ContentTrust
{
    private const string FlagName = "disable-content-trust";

    public static void Check(Command command, FlagValues values, CliContext cli)
    {
        if (!command.Flags.Any(flag => flag.Name == FlagName))
        {
            return;
        }

        bool skip = values.IsSet(FlagName) ? values.Bool(FlagName) : cli.Env("DOCKER_CONTENT_TRUST") is null or "0" or "false";
        if (!skip)
        {
            throw new CommandException(
                $"content trust is not supported by this client: unset DOCKER_CONTENT_TRUST or use --{FlagName}; signatures are made and looked for by the trust command, and demanded by the trust policy of the engine", 125);
        }
    }
}
