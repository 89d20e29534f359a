using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.OciRuntime.CommandLine;
using Wharf.OciRuntime.Containers;
using Wharf.Primitives;
using Wharf.Runtime.Hooks;

namespace Wharf.OciRuntime.Lifecycle;

/// <summary>Opens the gate at which a created container waits.</summary>
internal static class StartCommand
{
    public static readonly Command Command = new("start", "executes the user defined process in a created container", [], (arguments, session) =>
    {
        Container container = session.Store.Load(arguments.Operand(1, 1, "start")[0]);
        string status = container.Status;
        if (status != "created")
        {
            throw WharfException.Conflict(status switch
            {
                "stopped" => "cannot start a container that has stopped",
                "running" => "cannot start an already running container",
                _ => $"cannot start a container in the {status} state",
            });
        }

        if (container.Spec.Hooks?.StartContainer is { Count: > 0 } hooks)
        {
            using SafeFileHandle init = container.OpenProcess();
            try
            {
                HookRunner.RunConfined("startContainer", hooks, container.State, container.Exec(init, container.Spec.Process!));
            }
            catch
            {
                // runtime.md, "Lifecycle": the container is stopped, and what is left of it is deleted by whoever made it
                DeleteCommand.Kill(container);
                throw;
            }
        }

        OpenGate(container);
        try
        {
            HookRunner.Run("poststart", container.Spec.Hooks?.Poststart, container.State);
        }
        catch
        {
            DeleteCommand.Kill(container);
            throw;
        }

        return 0;
    });

    private static void OpenGate(Container container)
    {
        // ENXIO: nobody reads, the process has ended meanwhile
        FileCalls.Open(container.GatePath, OpenFlags.WriteOnly | OpenFlags.NonBlocking, out SafeFileHandle gate).ThrowIfError("open", container.GatePath);
        using (gate)
        {
            FileCalls.Write(gate, "s"u8, out _).ThrowIfError("write", container.GatePath);
        }

        NameCalls.Unlink(FileCalls.CurrentDirectory, container.GatePath).ThrowIfError("unlink", container.GatePath);
    }
}
