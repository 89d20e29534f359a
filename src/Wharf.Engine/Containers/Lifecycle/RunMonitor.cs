using System.Globalization;
using Wharf.Engine.Health;
using Wharf.Engine.Logs.Shipping;
using Wharf.Engine.Networks;
using Wharf.Engine.Restart;
using Wharf.Network.Sandboxes;
using Wharf.Runtime.Shims;

namespace Wharf.Engine.Containers.Lifecycle;

/// <summary>Watches runs: takes their end over into the container's record, releases what they held, and lets policies act.</summary>
internal sealed class RunMonitor(EngineCore core, LaunchPreparer preparer, HealthMonitor health, CancellationToken stopping)
{
    private readonly LogShipper _shipper = new(core, stopping);

    /// <summary>Starts a container again; set by the composition, as starter and monitor need each other.</summary>
    public Func<Container, Task>? RestartByPolicy { get; set; }

    /// <summary>The daemon takes its containers down with it: ends are taken over, policies wait for the next daemon.</summary>
    public bool ShuttingDown { get; set; }

    /// <summary>Removes a container whose run has ended; set by the composition.</summary>
    public Func<Container, Task>? Remove { get; set; }

    public void Watch(Container container, Run run)
    {
        run.Shim.OutOfMemory += _ => core.Events.Raise(container.Current, "oom");
        health.Watch(container, run);
        _shipper.Watch(container, run);
        _ = Task.Run(() => FollowAsync(container, run), CancellationToken.None);
    }

    /// <summary>Writes how a run goes; a failure is reported, not thrown: the next write carries the whole state again.</summary>
    public void Store(ContainerRecord record) => core.Store.UpdateStateAsync(record).ContinueWith(
        t => core.Log.Error($"cannot store the state of container {record.Id}", t.Exception),
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted,
        TaskScheduler.Default);

    // Clients that ask for logs or the exit code only after the start (dockerode, docker-py) find a short run still there; Docker's own engine is slow
    // enough for them.
    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(250);

    public async Task AutoRemoveAsync(Container container)
    {
        try
        {
            await Remove!(container);
        }
        catch (Exception e)
        {
            container.Waiters.RemovalFailed(container.Current.State.ExitCode, e.Message);
            core.Log.Error($"cannot remove container {container.Id} after its end", e);
        }
    }

    private async Task FollowAsync(Container container, Run run)
    {
        try
        {
            ShimExit exit = await ExitOfAsync(container, run);
            await EndedAsync(container, run, exit, linger: true);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The daemon leaves; the shim stays, and the next daemon follows it.
        }
        catch (Exception e)
        {
            core.Log.Error($"cannot take over the end of container {container.Id}", e);
        }
    }

    private async Task<ShimExit> ExitOfAsync(Container container, Run run)
    {
        try
        {
            return await run.Shim.Exited.WaitAsync(stopping);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            // The shim is gone. If it wrote the exit down before, that is it; else the process is lost, and Docker's number for that is 255.
            core.Log.Warning($"the shim of container {container.Id} is gone: {e.Message}");
            LostProcesses.End(core, container.Current);
            return core.Shims.ReadRecordedExit(container.Id) ?? new ShimExit(255, false, core.Now);
        }
    }

    /// <summary>Takes over the end of a run. Also for ends that happened while no daemon was there.</summary>
    /// <param name="container">Whose run it was.</param>
    /// <param name="run">The run.</param>
    /// <param name="exit">How it ended.</param>
    /// <param name="linger">Whether a container that is removed after its run, and for whose removal nobody waits, stays for a moment.</param>
    public async Task EndedAsync(Container container, Run run, ShimExit exit, bool linger = false)
    {
        bool restart, remove;
        ContainerRecord record;
        using (await container.EnterAsync(CancellationToken.None))
        {
            if (container.Run != run)
            {
                return;
            }

            await run.Life.CancelAsync();
            ContainerRecord before = container.Current;
            restart = RestartDecision.AfterExit(before.HostConfig.RestartPolicy, before.State, exit.ExitCode) && !ShuttingDown && !stopping.IsCancellationRequested;
            await ReleaseAsync(before);
            record = before with
            {
                Sandbox = null,
                State = before.State with
                {
                    Status = restart ? RunStatus.Restarting : RunStatus.Exited,
                    Pid = 0,
                    ExitCode = exit.ExitCode,
                    OomKilled = exit.OutOfMemory,
                    FinishedAt = exit.FinishedAt,
                    RestartCount = before.State.RestartCount + (restart ? 1 : 0),
                    Health = HealthMonitor.Stopped(before.State.Health),
                },
            };
            remove = before.HostConfig.AutoRemove && !container.KeepAfterExit && !restart;
            container.Swap(record);
            container.Run = null;
            foreach (Execs.ContainerExec exec in container.Execs.Values)
            {
                exec.Running = false;
                if (!exec.Started)
                {
                    // there is nothing left that it could run in
                    container.Execs.TryRemove(exec.Id, out _);
                }
            }

            core.Events.Raise(
                record,
                "die",
                ("exitCode", exit.ExitCode.ToString(CultureInfo.InvariantCulture)),
                ("execDuration", ((long)(exit.FinishedAt - run.StartedAt).TotalSeconds).ToString(CultureInfo.InvariantCulture)));
            Announce(before.Sandbox, record.Id);
            if (remove)
            {
                // its row goes at once, and with it the state
                LeaveShim(container, run, stored: Task.CompletedTask);
            }
            else
            {
                LeaveShim(container, run, core.Store.UpdateStateAsync(record));
            }

            container.Waiters.RunEnded(exit.ExitCode);
            run.Ended.TrySetResult();
            if (restart)
            {
                ScheduleRestart(container, exit.FinishedAt - run.StartedAt);
            }
        }

        if (remove && (!linger || record.State.StoppedByRequest || await LingerAsync(container)))
        {
            await AutoRemoveAsync(container);
        }
    }

    // False when somebody removed it meanwhile, or started it again.
    private async Task<bool> LingerAsync(Container container)
    {
        await Task.WhenAny(container.Waiters.RemovalAwaited, Task.Delay(Farewell, stopping));
        return core.Containers.Find(container.Id) == container && container.Current.State.Status == RunStatus.Exited;
    }

    private void Announce(Sandbox? sandbox, string containerId)
    {
        foreach (Endpoint endpoint in sandbox?.Endpoints ?? [])
        {
            core.Events.Publish("network", "disconnect", endpoint.NetworkId, NetworkEvents.Attributes(endpoint, containerId, core.Networks));
        }
    }

    // The shim keeps the exit until ours is written: a daemon killed in between finds it there again.
    private void LeaveShim(Container container, Run run, Task stored) => container.LeavingShim = Task.Run(async () =>
    {
        try
        {
            await stored;
            await run.Shim.ReleaseAsync(CancellationToken.None);
            await run.Shim.DisposeAsync();
            run.Dispose();
        }
        catch (Exception e)
        {
            core.Log.Error($"cannot release the shim of container {container.Id}", e);
        }
    });

    private async Task ReleaseAsync(ContainerRecord record)
    {
        try
        {
            await core.Networks.ReleaseAsync(record.Id, CancellationToken.None);
        }
        catch (Exception e)
        {
            core.Log.Error($"cannot release the network of container {record.Id}", e);
        }

        await preparer.ReleaseAsync(record);
    }

    /// <summary>Starts the container after its policy's delay, unless somebody stops or removes it before. Within the gate.</summary>
    public void ScheduleRestart(Container container, TimeSpan lifetime)
    {
        container.RestartDelay = RestartDecision.Delay(container.RestartDelay, lifetime);
        var pending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        container.PendingRestart = pending;
        TimeSpan delay = container.RestartDelay;
        _ = Task.Run(async () =>
        {
            try
            {
                await Task.Delay(delay, core.Clock, pending.Token);
                await RestartByPolicy!(container);
            }
            catch (OperationCanceledException)
            {
                // stopped, removed, or the daemon leaves
            }
            catch (Exception e)
            {
                core.Log.Warning($"container {container.Id} could not be restarted: {e.Message}");
            }
        });
    }
}
