using Wharf.Cli.Framework.Commands;
using Wharf.Primitives;

namespace Wharf.Cli.Containers;

internal static class RenameCommand
{
    public static Command Definition => new("rename", "Rename a container")
    {
        Usage = "CONTAINER NEW_NAME",
        Aliases = ["container rename", "rename"],
        Arity = Arity.Exactly(2),
        Complete = Completion.AllContainers,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        string from = call.Arguments[0].Trim();
        string to = call.Arguments[1].Trim();
        if (from.Length == 0 || to.Length == 0)
        {
            throw new CommandException("Error: Neither old nor new names may be empty");
        }

        try
        {
            await call.Cli.Client.RenameContainerAsync(from, to, ct);
            return 0;
        }
        catch (WharfException e) when (e.Kind != ErrorKind.Unavailable)
        {
            call.Cli.Error.WriteLine(e.Message);
            throw new CommandException($"Error: failed to rename container named {from}");
        }
    }
}
