namespace Wharf.Engine.Containers.Lifecycle;

/// <summary>Freezes containers and thaws them.</summary>
internal sealed class ContainerPauser(EngineCore core, RunMonitor monitor)
{
    public async Task PauseAsync(Container container, CancellationToken ct)
    {
        using (await container.EnterAsync(ct))
        {
            Run run = container.Current.State.Status switch
            {
                RunStatus.Paused => throw ContainerErrors.AlreadyPaused(container.Id),
                RunStatus.Restarting => throw ContainerErrors.Restarting(container.Id),
                _ => container.Run ?? throw ContainerErrors.NotRunning(container.Id),
            };
            await run.Shim.PauseAsync(ct);
            Set(container, RunStatus.Paused);
        }

        core.Events.Raise(container.Current, "pause");
    }

    public async Task UnpauseAsync(Container container, CancellationToken ct)
    {
        if (!await TryUnpauseAsync(container, ct))
        {
            throw ContainerErrors.NotPaused(container.Id);
        }
    }

    /// <summary>Lets a paused container go on; false when it is not paused, or no longer.</summary>
    public async Task<bool> TryUnpauseAsync(Container container, CancellationToken ct)
    {
        using (await container.EnterAsync(ct))
        {
            if (container.Current.State.Status != RunStatus.Paused || container.Run is not { } run)
            {
                return false;
            }

            await run.Shim.ResumeAsync(ct);
            Set(container, RunStatus.Running);
        }

        core.Events.Raise(container.Current, "unpause");
        return true;
    }

    private void Set(Container container, RunStatus status)
    {
        ContainerRecord record = container.Current with { State = container.Current.State with { Status = status } };
        container.Swap(record);
        monitor.Store(record);
    }
}
