using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.OciRuntime.CommandLine;
using Wharf.OciRuntime.Containers;
using Wharf.Primitives;
using Wharf.Runtime.Hooks;

namespace Wharf.OciRuntime.Lifecycle;

/// <summary>Removes what is kept of a container: cgroup and state; with --force after killing it.</summary>
internal static class DeleteCommand
{
    private const int KillMilliseconds = 10_000;

    public static readonly Command Command = new("delete", "delete any resources held by the container", [new("force", 'f', TakesValue: false)], (arguments, session) =>
    {
        string id = arguments.Operand(1, 1, "delete")[0];
        bool force = arguments.IsSet("force");
        Container container;
        try
        {
            container = session.Store.Load(id);
        }
        catch (WharfException e) when (e.Kind == ErrorKind.NotFound && force)
        {
            if (session.Store.Exists(id))
            {
                // a creation that died half-way left a directory without a state
                session.Store.Remove(id);
            }

            return 0;
        }

        string status = container.Status;
        if (status is not "stopped" && !force && status != "created")
        {
            throw WharfException.Conflict($"cannot delete container {id} that is not stopped: {status}");
        }

        if (status != "stopped")
        {
            Kill(container);
        }

        Delete(session, container);
        return 0;
    });

    public static void Delete(Session session, Container container)
    {
        // processes that outlived the first one: there are some only where the pid namespace was joined or shared
        container.Cgroup.SignalAll(Signal.Kill);
        container.Cgroup.Delete();
        IReadOnlyList<HookSpec> hooks = container.Spec.Hooks?.Poststop ?? [];
        session.Store.Remove(container.Id);
        if (hooks.Count == 0)
        {
            return;
        }

        var stopped = new ContainerState { Id = container.Id, Status = "stopped", Bundle = container.Record.Bundle, Annotations = container.Spec.Annotations };
        foreach (HookSpec hook in hooks)
        {
            try
            {
                HookRunner.Run("poststop", [hook], stopped);
            }
            catch (WharfException e)
            {
                // the specification: a failing poststop hook is logged, and the others run all the same
                session.Warn([e.Message]);
            }
        }
    }

    /// <summary>Ends all of its processes, and waits until the first one is gone.</summary>
    public static void Kill(Container container)
    {
        if (container.Cgroup.IsFrozen)
        {
            container.Cgroup.Thaw();
        }

        container.Cgroup.SignalAll(Signal.Kill);
        for (int waited = 0; container.IsAlive; waited++)
        {
            if (waited == KillMilliseconds)
            {
                throw WharfException.Internal($"container {container.Id} is still there {KillMilliseconds} ms after SIGKILL");
            }

            Thread.Sleep(1);
        }
    }
}
