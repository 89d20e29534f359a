using System.Text;
using Wharf.Api.Containers;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Output;

namespace Wharf.Cli.Containers;

internal static class TopCommand
{
    // the columns of top are aligned wider than those of other tables
    private const int MinWidth = 20;

    public static Command Definition => new("top", "Display the running processes of a container")
    {
        Usage = "CONTAINER [ps OPTIONS]",
        Aliases = ["container top", "top"],
        Arity = Arity.AtLeast(1),
        FlagsAnywhere = false,
        Complete = Completion.RunningContainers,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        ContainerTopResponse top = await call.Cli.Client.TopAsync(call.Arguments[0], string.Join(' ', call.Arguments.Skip(1)), ct);
        var page = new StringBuilder().AppendJoin('\t', top.Titles ?? []).Append('\n');
        foreach (List<string> process in top.Processes ?? [])
        {
            page.AppendJoin('\t', process).Append('\n');
        }

        call.Cli.Out.WriteForeign(TabWriter.Align(page.ToString(), MinWidth));
        return 0;
    }
}
