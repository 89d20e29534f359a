using Wharf.Engine.Logs.Shipping;
using Wharf.Engine.Networks;
using Wharf.Network.Sandboxes;
using Wharf.Primitives;
using Wharf.Runtime.Shims;

namespace Wharf.Engine.Containers.Lifecycle;

/// <summary>Starts containers. Once begun, a start is not given up because its client went away.</summary>
internal sealed class ContainerStarter(EngineCore core, LaunchPreparer preparer, RunMonitor monitor)
{
    /// <param name="container">The container.</param>
    /// <param name="byPolicy">The restart policy starts it, not a person.</param>
    /// <param name="ct">Ends the wait for the container's gate, not the start.</param>
    public async Task StartAsync(Container container, bool byPolicy, CancellationToken ct)
    {
        bool remove = false;
        try
        {
            using (await container.EnterAsync(ct))
            {
                if (Check(container, byPolicy))
                {
                    remove = container.Current.HostConfig.AutoRemove;
                    await StartWithinGateAsync(container, byPolicy);
                    remove = false;
                }
            }
        }
        finally
        {
            if (remove)
            {
                await monitor.AutoRemoveAsync(container);
            }
        }
    }

    // False when a policy's restart has been overtaken by events.
    private static bool Check(Container container, bool byPolicy)
    {
        RunStatus status = container.Current.State.Status;
        if (byPolicy)
        {
            return status == RunStatus.Restarting && !container.Current.State.StoppedByRequest;
        }

        return status switch
        {
            RunStatus.Running or RunStatus.Restarting => throw ContainerErrors.AlreadyStarted(),
            RunStatus.Paused => throw WharfException.Conflict("cannot start a paused container, try unpause instead"),
            RunStatus.Removing or RunStatus.Dead => throw WharfException.Conflict("container is marked for removal and cannot be started"),
            _ => true,
        };
    }

    private async Task StartWithinGateAsync(Container container, bool byPolicy)
    {
        ContainerRecord before = container.Current;
        Sandbox? sandbox = null;
        IShim? shim = null;
        try
        {
            await LogShipper.CheckAsync(before);
            SandboxRequest? request = SandboxPlan.Of(before, core.Containers, core.ContainerDirectory(before.Id));
            Task<Sandbox>? network = request is null ? null : core.Networks.AllocateAsync(request, CancellationToken.None);
            try
            {
                await container.LeavingShim;
                shim = container.Prepared?.Shim ?? await core.Shims.AcquireAsync(before.Id, CancellationToken.None);
            }
            finally
            {
                sandbox = network is null ? null : await SetUpAsync(network);
            }

            ShimTask task = await preparer.PrepareAsync(container, sandbox);
            ShimLaunchResult result = await shim.LaunchAsync(task, CancellationToken.None);
            if (result.Error is not null)
            {
                throw new LaunchRefused(result);
            }

            container.Prepared = null;
            Started(container, before, sandbox, shim, result, byPolicy);
        }
        catch (Exception e)
        {
            container.Prepared = null;
            await FailedAsync(container, before, shim, e);
            throw e is LaunchRefused refused ? StartFailure.OfCreate(refused.Result) : e;
        }
    }

    private static async Task<Sandbox> SetUpAsync(Task<Sandbox> network)
    {
        try
        {
            return await network;
        }
        catch (WharfException e)
        {
            throw new WharfException(e.Kind, $"failed to set up container networking: {e.Message}", e);
        }
    }

    private void Started(Container container, ContainerRecord before, Sandbox? sandbox, IShim shim, ShimLaunchResult result, bool byPolicy)
    {
        container.FilesTouched = true;
        var run = new Run(shim, result.StartedAt);
        container.Run = run;
        ContainerRecord record = before with
        {
            Sandbox = sandbox,
            State = before.State with
            {
                Status = RunStatus.Running,
                Pid = result.Pid,
                StartedAt = result.StartedAt,
                FinishedAt = before.State.FinishedAt,
                ExitCode = 0,
                Error = "",
                OomKilled = false,
                StoppedByRequest = false,
                RestartCount = byPolicy ? before.State.RestartCount : 0,
                Health = Health.HealthMonitor.Initial(before.Config.Healthcheck),
            },
        };
        if (!byPolicy)
        {
            container.RestartDelay = TimeSpan.Zero;
        }

        container.Swap(record);
        monitor.Watch(container, run);
        monitor.Store(record);
        foreach (Endpoint endpoint in sandbox?.Endpoints ?? [])
        {
            core.Events.Publish("network", "connect", endpoint.NetworkId, NetworkEvents.Attributes(endpoint, record.Id, core.Networks));
        }

        foreach (string warning in result.Warnings ?? [])
        {
            core.Log.Warning($"container {record.Id}: {warning}");
        }

        core.Events.Raise(record, "start");
    }

    private async Task FailedAsync(Container container, ContainerRecord before, IShim? shim, Exception error)
    {
        try
        {
            if (shim is not null)
            {
                await shim.DisposeAsync();
                core.Shims.Discard(before.Id);
            }

            await core.Networks.ReleaseAsync(before.Id, CancellationToken.None);
        }
        catch (Exception e)
        {
            // the reason of the failed start is what the user must hear
            core.Log.Error($"cannot clean up after the failed start of container {before.Id}", e);
        }

        await preparer.ReleaseAsync(before);
        ContainerRecord record = before with
        {
            Sandbox = null,
            State = before.State with
            {
                Status = before.State.Status == RunStatus.Created ? RunStatus.Created : RunStatus.Exited,
                Pid = 0,
                ExitCode = error is LaunchRefused refused ? refused.Result.ExitCode : 128,
                Error = error is LaunchRefused r ? StartFailure.OfCreate(r.Result).Message : error.Message,
            },
        };
        container.Swap(record);
        monitor.Store(record);
        container.Waiters.RunEnded(record.State.ExitCode);
    }

    /// <summary>Carries the shim's refusal to the place that cleans up.</summary>
#pragma warning disable CA1064 // never leaves this class
    private sealed class LaunchRefused(ShimLaunchResult result) : Exception(result.Error)
    {
        public ShimLaunchResult Result { get; } = result;
    }
#pragma warning restore CA1064
}
