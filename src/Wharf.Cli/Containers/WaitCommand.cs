using System.Globalization;
using Wharf.Api.Containers;
using Wharf.Cli.Framework.Commands;
using Wharf.Client;
using Wharf.Primitives;

namespace Wharf.Cli.Containers;

internal static class WaitCommand
{
    public static Command Definition => new("wait", "Block until one or more containers stop, then print their exit codes")
    {
        Usage = "CONTAINER [CONTAINER...]",
        Aliases = ["container wait", "wait"],
        Arity = Arity.AtLeast(1),
        Complete = Completion.RunningContainers,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        var errors = new List<string>();
        foreach (string name in call.Arguments)
        {
            try
            {
                ContainerWaitResponse answer = await EngineClient.WaitAnswerAsync(await call.Cli.Client.BeginWaitAsync(name, "", ct), ct);
                if (answer.Error?.Message is { Length: > 0 } error)
                {
                    errors.Add(error);
                }
                else
                {
                    call.Cli.Out.WriteLine(answer.StatusCode.ToString(CultureInfo.InvariantCulture));
                }
            }
            catch (WharfException e) when (e.Kind != ErrorKind.Unavailable)
            {
                errors.Add(e.Message);
            }
        }

        return errors.Count == 0 ? 0 : throw new CommandException(string.Join('\n', errors));
    }
}
