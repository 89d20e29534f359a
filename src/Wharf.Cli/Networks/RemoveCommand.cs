using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Client;
using Wharf.Primitives;

namespace Wharf.Cli.Networks;

internal static class RemoveCommand
{
    public static Command Definition => new("rm", "Remove one or more networks")
    {
        Usage = "NETWORK [NETWORK...]",
        OtherNames = ["remove"],
        Aliases = ["network rm", "network remove"],
        Arity = Arity.AtLeast(1),
        Flags =
        [
            new("force", 'f', FlagKind.Bool, "Do not error if the network does not exist"),
        ],
        Complete = Completion.Networks,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        bool failed = false;
        foreach (string name in call.Arguments)
        {
            try
            {
                await call.Cli.Client.CallAsync("DELETE", "/networks/" + EngineClient.PathOf(name, "network"), null, ct);
                call.Cli.Out.WriteLine(name);
            }
            catch (WharfException e) when (e.Kind == ErrorKind.NotFound && call.Bool("force"))
            {
                // what is not there need not be removed
                continue;
            }
            catch (WharfException e) when (e.Kind != ErrorKind.Unavailable)
            {
                call.Cli.Error.WriteLine(e.Message);
                failed = true;
            }
        }

        return failed ? throw new CommandException("exit status 1") : 0;
    }
}
