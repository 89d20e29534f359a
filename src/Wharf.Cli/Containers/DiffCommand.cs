using System.Text;
using Wharf.Api.Containers;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Containers;

internal static class DiffCommand
{
    public static Command Definition => new("diff", "Inspect changes to files or directories on a container's filesystem")
    {
        Usage = "CONTAINER",
        Aliases = ["container diff", "diff"],
        Arity = Arity.Exactly(1),
        Complete = Completion.AllContainers,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        if (call.Arguments[0].Length == 0)
        {
            throw new CommandException("Container name cannot be empty");
        }

        var page = new StringBuilder();
        foreach (FilesystemChange change in await call.Cli.Client.ChangesAsync(call.Arguments[0], ct) ?? [])
        {
            string kind = change.Kind switch
            {
                0 => "C",
                1 => "A",
                _ => "D",
            };
            page.Append(kind).Append(' ').Append(change.Path).Append('\n');
        }

        call.Cli.Out.WriteForeign(page.ToString());
        return 0;
    }
}
