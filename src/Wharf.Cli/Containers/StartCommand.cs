using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Sessions;
using Wharf.Client;
using Wharf.Client.Answers;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Cli.Containers;

internal static class StartCommand
{
    public static Command Definition => new("start", "Start one or more stopped containers")
    {
        Usage = "[OPTIONS] CONTAINER [CONTAINER...]",
        Aliases = ["container start", "start"],
        Arity = Arity.AtLeast(1),
        Flags =
        [
            new("attach", 'a', FlagKind.Bool, "Attach STDOUT/STDERR and forward signals"),
            new("checkpoint", FlagKind.String, "Restore from this checkpoint") { Refusal = "checkpoints are not supported by this engine" },
            new("checkpoint-dir", FlagKind.String, "Use a custom checkpoint storage directory") { Refusal = "checkpoints are not supported by this engine" },
            new("detach-keys", FlagKind.String, "Override the key sequence for detaching a container"),
            new("interactive", 'i', FlagKind.Bool, "Attach container's STDIN"),
        ],
        Complete = Completion.StoppedContainers,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        if (call.Bool("attach") || call.Bool("interactive"))
        {
            return call.Arguments.Count == 1
                ? await AttachAsync(call, call.Arguments[0], ct)
                : throw new CommandException("you cannot start and attach multiple containers at once");
        }

        return await Each.RunAsync(call, name => call.Cli.Client.StartContainerAsync(name, null, ct), failure: "failed to start containers");
    }

    private static async Task<int> AttachAsync(Invocation call, string name, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        ContainerGlance container = await cli.Client.GlanceAtContainerAsync(name, ct);
        if (container.Tty && call.Bool("interactive") && !cli.Terminal.InputIsTerminal)
        {
            throw new CommandException("the input device is not a TTY");
        }

        string keys = call.String("detach-keys") is { Length: > 0 } given ? given : cli.Config["detachKeys"];
        bool input = call.Bool("interactive") && container.OpenStdin;
        var query = new Query { { "detachKeys", keys }, { "stream", true }, { "stdin", input }, { "stdout", true }, { "stderr", true } };
        using HijackedStream stream = await cli.Client.AttachContainerAsync(container.Id, query, ct);
        using SignalForwarder? signals = !container.Tty
            ? new SignalForwarder(s => KillQuietly(cli, container.Id, s))
            : null;
        EngineReply wait = await cli.Client.BeginWaitAsync(container.Id, container.AutoRemove ? "removed" : "next-exit", ct);
        await cli.Client.StartContainerAsync(container.Id, keys, ct);
        using ResizeWatcher? resize = container.Tty
            ? ResizeWatcher.Start(cli.Terminal, (w, h) => cli.Client.ResizeContainerAsync(container.Id, w, h, CancellationToken.None).AsTask().GetAwaiter().GetResult())
            : null;
        var session = new StreamSession(cli.Terminal, stream) { Tty = container.Tty, WantsInput = input, DetachKeys = DetachKeys.Parse(keys) };
        if (await session.RunAsync(ct) == SessionEnd.Detached)
        {
            return 0;
        }

        return (int)(await EngineClient.WaitAnswerAsync(wait, ct)).StatusCode;
    }

    internal static void KillQuietly(CliContext cli, string id, string signal)
    {
        try
        {
            cli.Client.KillContainerAsync(id, signal, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
        catch (WharfException)
        {
            // it has ended meanwhile
            return;
        }
    }
}
