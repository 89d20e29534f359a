using System.Net.Sockets;
using Wharf.Engine.Containers;
using Wharf.Engine.Containers.Lifecycle;
using Wharf.Engine.Logs;
using Wharf.Primitives;
using Wharf.Runtime.Shims;

namespace Wharf.Engine.Streams;

/// <summary>Joins clients to containers, also before they start: then a shim is taken for them, which the start will use.</summary>
internal sealed class ContainerAttacher(EngineCore core, IContainerLogs logs)
{
    public async Task<IStreamSession> AttachAsync(Container container, AttachOptions options, CancellationToken ct)
    {
        DetachKeys keys = DetachKeys.Parse(options.DetachKeys ?? core.Options.DetachKeys);
        using (await container.EnterAsync(ct))
        {
            ContainerRecord record = container.Current;
            switch (record.State.Status)
            {
                case RunStatus.Paused:
                    throw WharfException.Conflict($"container {record.Id} is paused, unpause the container before attach");
                case RunStatus.Restarting:
                    throw WharfException.Conflict($"container {record.Id} is restarting, wait until the container is running");
                case RunStatus.Removing or RunStatus.Dead:
                    throw WharfException.Conflict($"container {record.Id} is marked for removal");
                default:
                    break;
            }

            bool stdin = options.Stdin && record.Config.OpenStdin;
            Socket? socket = null;
            bool outlet = false;
            Func<ValueTask>? closed = null;
            Task end = container.Waiters.NextExit;
            if (options.Stream && (stdin || options.Stdout || options.Stderr))
            {
                IShim shim = await ShimAsync(container, ct);
                PreparedShim? prepared = container.Prepared;
                outlet = shim.TakesOutlets;
                socket = await shim.AttachAsync(new ShimAttach(null, stdin, options.Stdout, options.Stderr, record.Config.Tty, outlet), ct);
                if (prepared is not null)
                {
                    prepared.Sessions++;
                    closed = () => LeaveAsync(container, prepared);
                }
            }

            return new SocketSession
            {
                Raw = record.Config.Tty,
                Socket = socket,
                AwaitsOutlet = outlet,
                Keys = stdin && record.Config.Tty ? keys : null,
                Preamble = options.Logs ? (output, token) => ReplayAsync(record.Id, options, output, token) : null,

                // Who read the last line and asks how it ended must find the end on record.
                Finished = socket is null ? null : token => end.WaitAsync(token),
                Begun = () => core.Events.Raise(container.Current, "attach"),
                Left = () => core.Events.Raise(container.Current, "detach"),
                Closed = closed,
            };
        }
    }

    private async Task<IShim> ShimAsync(Container container, CancellationToken ct)
    {
        if (container.Shim is { } running)
        {
            return running;
        }

        await container.LeavingShim;
        container.Prepared ??= new PreparedShim(await core.Shims.AcquireAsync(container.Id, ct));
        return container.Prepared.Shim;
    }

    private async ValueTask LeaveAsync(Container container, PreparedShim prepared)
    {
        using (await container.EnterAsync(CancellationToken.None))
        {
            if (--prepared.Sessions > 0 || container.Prepared != prepared)
            {
                return;
            }

            // nobody started it: the shim is not needed
            container.Prepared = null;
            await prepared.Shim.DisposeAsync();
            core.Shims.Discard(container.Id);
        }
    }

    private async Task ReplayAsync(string id, AttachOptions options, System.IO.Pipelines.PipeWriter output, CancellationToken ct)
    {
        await using ILogStream log = await logs.OpenAsync(id, new LogQuery { Stdout = options.Stdout, Stderr = options.Stderr }, ct);
        await log.CopyToAsync(output, ct);
    }
}
