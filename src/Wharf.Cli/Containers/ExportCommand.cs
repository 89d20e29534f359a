using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Client.Http;

namespace Wharf.Cli.Containers;

internal static class ExportCommand
{
    public static Command Definition => new("export", "Export a container's filesystem as a tar archive")
    {
        Usage = "[OPTIONS] CONTAINER",
        Aliases = ["container export", "export"],
        Arity = Arity.Exactly(1),
        Flags =
        [
            new("output", 'o', FlagKind.String, "Write to a file, instead of STDOUT"),
        ],
        Complete = Completion.AllContainers,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        string file = call.String("output");
        if (file.Length == 0 && call.Cli.Out.IsTerminal)
        {
            throw new CommandException("cowardly refusing to save to a terminal. Use the -o flag or redirect");
        }

        using EngineReply reply = await call.Cli.Client.ExportContainerAsync(call.Arguments[0], ct);
        await OutputFile.WriteAsync(call.Cli, file, reply.Body, "failed to export container", ct);
        return 0;
    }
}
