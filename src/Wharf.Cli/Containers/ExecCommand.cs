using Wharf.Api.Execs;
using Wharf.Cli.Containers.Creation;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Sessions;
using Wharf.Client.Http;

namespace Wharf.Cli.Containers;

internal static class ExecCommand
{
    public static Command Definition => new("exec", "Execute a command in a running container")
    {
        Usage = "[OPTIONS] CONTAINER COMMAND [ARG...]",
        Aliases = ["container exec", "exec"],
        Arity = Arity.AtLeast(2),
        Flags =
        [
            new("detach", 'd', FlagKind.Bool, "Detached mode: run command in the background"),
            new("detach-keys", FlagKind.String, "Override the key sequence for detaching a container"),
            new("env", 'e', ContainerFlags.Env, "Set environment variables"),
            new("env-file", FlagKind.List, "Read in a file of environment variables"),
            new("interactive", 'i', FlagKind.Bool, "Keep STDIN open even if not attached"),
            new("privileged", FlagKind.Bool, "Give extended privileges to the command"),
            new("tty", 't', FlagKind.Bool, "Allocate a pseudo-TTY"),
            new("user", 'u', FlagKind.String, "Username or UID (format: \"<name|uid>[:<group|gid>]\")"),
            new("workdir", 'w', FlagKind.String, "Working directory inside the container"),
        ],
        FlagsAnywhere = false,
        Complete = Completion.RunningContainers,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        string keys = call.String("detach-keys") is { Length: > 0 } given ? given : cli.Config["detachKeys"];
        bool detach = call.Bool("detach");
        bool tty = call.Bool("tty");
        bool input = call.Bool("interactive") && !detach;
        if (!detach && input && tty && !cli.Terminal.InputIsTerminal)
        {
            throw new CommandException("the input device is not a TTY");
        }

        List<long>? size = tty && cli.Terminal.Size is { } s ? [s.Rows, s.Columns] : null;
        string exec = await cli.Client.CreateExecAsync(call.Arguments[0], new ExecCreateRequest
        {
            User = call.String("user"),
            Privileged = call.Bool("privileged"),
            Tty = tty,
            Cmd = [.. call.Arguments.Skip(1)],
            WorkingDir = call.String("workdir"),
            DetachKeys = keys,
            ConsoleSize = size,
            AttachStdin = input,
            AttachStdout = !detach,
            AttachStderr = !detach,
            Env = EnvFiles.Environment(call.List("env-file"), call.List("env"), cli.EnvRaw) is { Count: > 0 } env ? env : null,
        }, ct);
        var start = new ExecStartRequest { Detach = detach, Tty = tty, ConsoleSize = size };
        if (detach)
        {
            await cli.Client.StartExecAsync(exec, start, ct);
            return 0;
        }

        SessionEnd end;
        using (HijackedStream stream = await cli.Client.AttachExecAsync(exec, start, ct))
        {
            using ResizeWatcher? resize = tty
                ? ResizeWatcher.Start(cli.Terminal, (w, h) => cli.Client.ResizeExecAsync(exec, w, h, CancellationToken.None).AsTask().GetAwaiter().GetResult())
                : null;
            end = await new StreamSession(cli.Terminal, stream) { Tty = tty, WantsInput = input, DetachKeys = DetachKeys.Parse(keys) }.RunAsync(ct);
        }

        if (end == SessionEnd.Detached)
        {
            throw new CommandException("read escape sequence");
        }

        return (int)(await cli.Client.ExitCodeOfExecAsync(exec, ct) ?? 0);
    }
}
