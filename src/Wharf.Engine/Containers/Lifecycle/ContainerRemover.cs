using Wharf.Engine.Disk;
using Wharf.Primitives;

namespace Wharf.Engine.Containers.Lifecycle;

/// <summary>Removes containers. The row goes first of what is durable: what a crash leaves behind has no owner and is swept at the next start.</summary>
internal sealed class ContainerRemover(EngineCore core, ContainerStopper stopper)
{
    /// <summary>Told of each container that is gone.</summary>
    public Action<Container>? Removed { get; set; }

    public async Task RemoveAsync(Container container, ContainerRemoveOptions options, CancellationToken ct)
    {
        RunStatus status = container.Current.State.Status;
        if (status == RunStatus.Removing)
        {
            throw ContainerErrors.RemovalInProgress(container.Id);
        }

        if (status.HasProcess() || status == RunStatus.Restarting)
        {
            if (!options.Force)
            {
                throw WharfException.Conflict(status == RunStatus.Paused
                    ? $"cannot remove container \"/{container.Current.Name}\": container is paused and must be unpaused first"
                    : $"cannot remove container \"/{container.Current.Name}\": container is {status.Word()}: stop the container before removing or force remove");
            }

            await stopper.KillForRemovalAsync(container);
        }

        await RemoveStoppedAsync(container, options.Volumes, ct);
    }

    /// <summary>Removes a container that does not run.</summary>
    public async Task RemoveStoppedAsync(Container container, bool volumes, CancellationToken ct)
    {
        ContainerRecord record;
        using (await container.EnterAsync(ct))
        {
            record = container.Current;
            if (record.State.Status == RunStatus.Removing || core.Containers.Find(container.Id) != container)
            {
                throw ContainerErrors.RemovalInProgress(container.Id);
            }

            if (!RunTransitions.Allows(record.State.Status, RunStatus.Removing))
            {
                throw WharfException.Conflict($"cannot remove container \"/{record.Name}\": container is {record.State.Status.Word()}: stop the container before removing or force remove");
            }

            container.Swap(record with { State = record.State with { Status = RunStatus.Removing } });
            if (container.PendingRestart is { } pending)
            {
                await pending.CancelAsync();
                container.PendingRestart = null;
            }

            if (container.Prepared is { } prepared)
            {
                container.Prepared = null;
                await prepared.Shim.DisposeAsync();
                core.Shims.Discard(container.Id);
            }
        }

        try
        {
            await core.Store.DeleteAsync(record);
        }
        catch (Exception e)
        {
            container.Swap(record with { State = record.State with { Status = RunStatus.Dead, Error = e.Message } });
            container.Waiters.RemovalFailed(record.State.ExitCode, e.Message);
            throw;
        }

        core.Containers.Remove(container);
        await FreeAsync(record, volumes);
        core.Events.Raise(record, "destroy");
        container.Waiters.ContainerRemoved(record.State.ExitCode);
        Removed?.Invoke(container);
    }

    // The container is gone for good; what cannot be freed now is reported, and swept at the next start.
    private async Task FreeAsync(ContainerRecord record, bool volumes)
    {
        try
        {
            await core.Images.RemoveContainerAsync(record.Id, CancellationToken.None);
            foreach (ContainerMount mount in record.Definition.Mounts)
            {
                if (mount.LayerId.Length > 0)
                {
                    await core.Images.RemoveContainerAsync(mount.LayerId, CancellationToken.None);
                }

                if (volumes && mount is { Type: "volume", Anonymous: true })
                {
                    await core.Volumes.RemoveUnusedAsync(mount.Name, CancellationToken.None);
                }
            }

            Trash.Discard(core.Options.DataRoot, core.ContainerDirectory(record.Id), core.Log);
        }
        catch (Exception e)
        {
            core.Log.Error($"cannot free everything of the removed container {record.Id}", e);
        }
    }
}
