using Wharf.Api.Containers;
using Wharf.Cli.Containers.Creation;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Primitives;

namespace Wharf.Cli.Containers;

internal static class RunCommand
{
    public static Command Definition => new("run", "Create and run a new container from an image")
    {
        Usage = "[OPTIONS] IMAGE [COMMAND] [ARG...]",
        Aliases = ["container run", "run"],
        Arity = Arity.AtLeast(1),
        Flags =
        [
            .. ContainerFlagTable.Common,
            new("detach", 'd', FlagKind.Bool, "Run container in background and print container ID"),
            new("detach-keys", FlagKind.String, "Override the key sequence for detaching a container"),
            new("pull", FlagKind.String, "Pull image before running (\"always\", \"missing\", \"never\")", "missing"),
            new("sig-proxy", FlagKind.Bool, "Proxy received signals to the process", "true"),
        ],
        FlagsAnywhere = false,
        Complete = Completion.Images,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        ContainerCreateRequest request = CreateRequest.Checked(call, "run");
        if (call.Bool("detach") && call.List("attach").Count > 0)
        {
            throw new CommandException("conflicting options: cannot specify both --attach and --detach");
        }

        try
        {
            if (call.Bool("detach"))
            {
                Detach(request);
            }
            else if (request.AttachStdin && request.Tty && !call.Cli.Terminal.InputIsTerminal)
            {
                call.Cli.Error.WriteLine("the input device is not a TTY");
                return 1;
            }

            string id = await ContainerCreator.CreateAsync(call, request, ct);
            return await new AttachedRun(call, request, id).StartAsync(ct);
        }
        catch (Exception e) when (e is WharfException or FormatException or CommandException { Message.Length: > 0 })
        {
            throw StartFailure.With(call, e, "run");
        }
    }

    private static void Detach(ContainerCreateRequest request)
    {
        request.AttachStdin = false;
        request.AttachStdout = false;
        request.AttachStderr = false;
        request.StdinOnce = false;
    }
}
