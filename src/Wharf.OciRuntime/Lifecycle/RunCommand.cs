using Wharf.Linux;
using Wharf.OciRuntime.CommandLine;
using Wharf.OciRuntime.Containers;
using Wharf.OciRuntime.Terminals;
using Wharf.Runtime.Hooks;
using Wharf.Runtime.Launch;

namespace Wharf.OciRuntime.Lifecycle;

/// <summary>create, start, wait and delete in one.</summary>
internal static class RunCommand
{
    public static readonly Command Command = new("run", "create and run a container",
        [.. ContainerCreation.Flags, new Option("detach", 'd', TakesValue: false), new Option("keep", TakesValue: false), new Option("no-subreaper", TakesValue: false)], Run);

    private static int Run(Arguments arguments, Session session)
    {
        string id = arguments.Operand(1, 1, "run")[0];
        bool detach = arguments.IsSet("detach");
        bool subreaper = !detach && !arguments.IsSet("no-subreaper");
        if (subreaper)
        {
            // so that what the container leaves behind (a joined pid namespace) comes to us and not to the host's init
            ProcessCalls.SetChildSubreaper().ThrowIfError("prctl", "PR_SET_CHILD_SUBREAPER");
        }

        using var relay = new TerminalRelay();
        var creation = new ContainerCreation(session, arguments, id);
        LaunchResult result = creation.Create(waitsForStart: false, detach ? null : relay.Use);
        Container container = session.Store.Load(id);
        try
        {
            Start(session, container);
        }
        catch
        {
            DeleteCommand.Kill(container);
            DeleteCommand.Delete(session, container);
            throw;
        }

        if (detach)
        {
            return 0;
        }

        int code = Foreground.Wait(result.PidFd!, relay);
        if (!arguments.IsSet("keep"))
        {
            DeleteCommand.Delete(session, container);
        }

        return code;
    }

    private static void Start(Session session, Container container)
    {
        if (File.Exists(container.GatePath))
        {
            StartCommand.Command.Run(Arguments.Parse([container.Id], []), session);
        }
        else if (container.Spec.Hooks?.Poststart is { Count: > 0 } hooks)
        {
            HookRunner.Run("poststart", hooks, container.State);
        }
    }
}
