using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Configuration;

namespace Wharf.Cli.Contexts;

internal static class UseCommand
{
    public static Command Definition => new("use", "Set the current docker context")
    {
        Usage = "CONTEXT",
        Arity = Arity.Any,
        Complete = Completion.Contexts,
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        // this command alone counts in cobra's words
        if (call.Arguments.Count != 1)
        {
            throw new CommandException($"accepts 1 arg(s), received {call.Arguments.Count}");
        }

        if (call.Arguments[0].Length == 0)
        {
            throw new CommandException("context name cannot be empty");
        }

        CliContext cli = call.Cli;
        string name = call.Arguments[0];
        if (name != ContextStore.DefaultName)
        {
            _ = cli.Contexts.Get(name);
        }

        cli.Config.Set("currentContext", name == ContextStore.DefaultName ? null : name);
        cli.Config.Save();
        cli.Out.WriteLine(name);
        cli.Error.WriteLine($"Current context is now \"{name}\"");
        if (name != ContextStore.DefaultName && cli.Env("DOCKER_HOST") is not null)
        {
            cli.Error.WriteLine($"Warning: DOCKER_HOST environment variable overrides the active context. To use \"{name}\", either set the global --context flag, or unset DOCKER_HOST environment variable.");
        }

        return Task.FromResult(0);
    }
}
