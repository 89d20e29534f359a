using Wharf.Api.Containers;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Sessions;
using Wharf.Client;
using Wharf.Client.Answers;
using Wharf.Client.Http;

namespace Wharf.Cli.Containers;

internal static class AttachCommand
{
    public static Command Definition => new("attach", "Attach local standard input, output, and error streams to a running container")
    {
        Usage = "[OPTIONS] CONTAINER",
        Aliases = ["container attach", "attach"],
        Arity = Arity.Exactly(1),
        Flags =
        [
            new("detach-keys", FlagKind.String, "Override the key sequence for detaching a container"),
            new("no-stdin", FlagKind.Bool, "Do not attach STDIN"),
            new("sig-proxy", FlagKind.Bool, "Proxy all received signals to the process", "true"),
        ],
        Complete = Completion.RunningContainers,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        ContainerGlance container = await cli.Client.GlanceAtContainerAsync(call.Arguments[0], ct);
        if (!container.Running)
        {
            throw new CommandException("You cannot attach to a stopped container, start it first");
        }

        if (container.Paused)
        {
            throw new CommandException("You cannot attach to a paused container, unpause it first");
        }

        if (container.Restarting)
        {
            throw new CommandException("You cannot attach to a restarting container, wait until it is running");
        }

        bool input = !call.Bool("no-stdin") && container.OpenStdin;
        if (input && container.Tty && !cli.Terminal.InputIsTerminal)
        {
            throw new CommandException("the input device is not a TTY");
        }

        string keys = call.String("detach-keys") is { Length: > 0 } given ? given : cli.Config["detachKeys"];
        string id = container.Id;
        var query = new Query { { "detachKeys", keys }, { "stream", true }, { "stdin", input }, { "stdout", true }, { "stderr", true } };
        using SignalForwarder? signals = call.Bool("sig-proxy") && !container.Tty ? new SignalForwarder(s => StartCommand.KillQuietly(cli, id, s)) : null;
        EngineReply wait = await cli.Client.BeginWaitAsync(id, "", ct);
        using HijackedStream stream = await cli.Client.AttachContainerAsync(id, query, ct);
        using ResizeWatcher? resize = container.Tty
            ? ResizeWatcher.Start(cli.Terminal, (w, h) => cli.Client.ResizeContainerAsync(id, w, h, CancellationToken.None).AsTask().GetAwaiter().GetResult())
            : null;
        var session = new StreamSession(cli.Terminal, stream) { Tty = container.Tty, WantsInput = input, DetachKeys = DetachKeys.Parse(keys) };
        if (await session.RunAsync(ct) == SessionEnd.Detached)
        {
            throw new CommandException("read escape sequence");
        }

        ContainerWaitResponse answer = await EngineClient.WaitAnswerAsync(wait, ct);
        return answer.Error?.Message is { Length: > 0 } error ? throw new CommandException(error) : (int)answer.StatusCode;
    }
}
