using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Configuration;
using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Contexts;

internal static class RemoveCommand
{
    public static Command Definition => new("rm", "Remove one or more contexts")
    {
        Usage = "CONTEXT [CONTEXT...]",
        OtherNames = ["remove"],
        Aliases = ["context rm", "context remove"],
        Arity = Arity.AtLeast(1),
        Flags =
        [
            new("force", 'f', FlagKind.Bool, "Force the removal of a context in use"),
        ],
        Complete = Completion.Contexts,
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        bool force = call.Bool("force");
        string current = cli.CurrentContext;
        var errors = new List<string>();
        foreach (string name in call.Arguments)
        {
            try
            {
                Remove(cli, name, current, force);
                cli.Out.WriteLine(name);
            }
            catch (CommandException e)
            {
                errors.Add(e.Message);
            }
        }

        return errors.Count == 0 ? Task.FromResult(0) : throw new CommandException(string.Join('\n', errors));
    }

    private static void Remove(CliContext cli, string name, string current, bool force)
    {
        if (name == ContextStore.DefaultName)
        {
            throw new CommandException("context \"default\" cannot be removed");
        }

        if (!cli.Contexts.Exists(name))
        {
            if (force)
            {
                return;
            }

            throw new CommandException($"context \"{name}\" does not exist");
        }

        if (name == current)
        {
            if (!force)
            {
                throw new CommandException($"context \"{name}\" is in use, set -f flag to force remove");
            }

            cli.Config.Set("currentContext", null);
            cli.Config.Save();
        }

        cli.Contexts.Remove(name);
    }
}
