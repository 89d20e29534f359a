using Wharf.Engine.Disk;
using Wharf.Engine.Launch;
using Wharf.Engine.Restart;
using Wharf.Linux;
using Wharf.Network.Sandboxes;
using Wharf.Primitives;
using Wharf.Runtime.Cgroups;
using Wharf.Runtime.Shims;

namespace Wharf.Engine.Containers.Lifecycle;

/// <summary>
/// A daemon's first act: every container is what its shim says it is. Those that run are followed again, ends that happened meanwhile are taken over, what was
/// half made or half removed is gone, policies act. One damaged container never keeps the others from coming back.
/// </summary>
internal sealed class ContainerRestorer(EngineCore core, RunMonitor monitor, LaunchPreparer preparer, HostMounts hostMounts)
{
    private readonly List<(Container Container, Run Run)> _running = [];
    private readonly List<(Container Container, Run Run, ShimExit Exit)> _ended = [];
    private readonly List<Container> _stopped = [];

    /// <summary>Snapshots of the networks of containers whose process lives.</summary>
    public IReadOnlyList<Sandbox> LiveSandboxes => [.. _running.Select(r => r.Container.Current.Sandbox).OfType<Sandbox>()];

    /// <summary>Reads all rows and finds the shims. No network call yet.</summary>
    public async Task FindAsync(CancellationToken ct)
    {
        List<ContainerRecord> records = core.Store.LoadAll((id, e) => core.Log.Error($"the stored container {id} cannot be read and is left alone", e));
        foreach (ContainerRecord record in records)
        {
            var container = new Container(record) { FilesTouched = record.State.StartedAt is not null };
            core.Containers.Add(container);
            core.Containers.Claim(record.Name, record.Id);
        }

        foreach (Container container in core.Containers.All)
        {
            try
            {
                await FindAsync(container, ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                core.Log.Error($"container {container.Id} could not be restored", e);
                MarkLost(container, container.Current, new ShimExit(255, false, core.Now));
            }
        }

        Sweep();
    }

    /// <summary>Follows what runs, takes over what ended. After the networks are back.</summary>
    public async Task FollowAsync(IReadOnlyList<Sandbox> sandboxes)
    {
        var byContainer = sandboxes.ToDictionary(s => s.ContainerId, StringComparer.Ordinal);
        foreach ((Container container, Run run) in _running)
        {
            if (byContainer.TryGetValue(container.Id, out Sandbox? sandbox))
            {
                container.Swap(container.Current with { Sandbox = sandbox });
            }

            monitor.Watch(container, run);
        }

        foreach ((Container container, Run run, ShimExit exit) in _ended)
        {
            await monitor.EndedAsync(container, run, exit);
        }
    }

    /// <summary>Those that were followed and have been ended since: policies see them, too.</summary>
    public void AddEnded() => _stopped.AddRange(_running.Select(r => r.Container).Where(c => c is { Run: null, Current.HostConfig.AutoRemove: false }));

    /// <summary>Policies act on what does not run.</summary>
    public async Task ActAsync()
    {
        foreach (Container container in _stopped)
        {
            await ActAsync(container);
        }
    }

    private async Task FindAsync(Container container, CancellationToken ct)
    {
        ContainerRecord record = container.Current;
        bool ran = record.State.Status is RunStatus.Running or RunStatus.Paused;
        if (ran)
        {
            // Another container must find the same content there, and the end of this one is the end of its use.
            foreach (string volume in record.Definition.Mounts.Where(m => m.Type == "volume").Select(m => m.Name))
            {
                core.Volumes.Adopt(volume, record.Id);
            }
        }

        IShim? shim = await core.Shims.ReconnectAsync(record.Id, ct);
        if (shim is { Pid: > 0 } && !IsHalfStarted(record))
        {
            Adopt(container, record, shim);
            return;
        }

        if (shim is { Pid: > 0 })
        {
            // Nobody was told of this start, and its network is not known: it is taken back, and a policy or the user begins anew.
            core.Log.Warning($"container {record.Id} was being started when the last daemon ended: it is ended");
            LostProcesses.End(core, record);
        }

        if (shim is not null)
        {
            // taken for a start that never came
            await shim.DisposeAsync();
        }

        ShimExit? exit = core.Shims.ReadRecordedExit(record.Id);
        if (ran || (exit is not null && record.State.Status == RunStatus.Restarting))
        {
            LostProcesses.End(core, record);
            MarkLost(container, record, exit ?? new ShimExit(255, false, core.Now));
        }

        core.Shims.Discard(record.Id);
        _stopped.Add(container);
    }

    // A network that the old daemon had given the container but not yet written down belongs to nobody any more.
    private bool IsHalfStarted(ContainerRecord record) =>
        !record.State.Status.HasProcess() && record.Sandbox is null && Networks.SandboxPlan.Of(record, core.Containers, core.ContainerDirectory(record.Id)) is not null;

    private void Adopt(Container container, ContainerRecord record, IShim shim)
    {
        var run = new Run(shim, record.State.StartedAt ?? core.Now);
        container.Run = run;
        if (shim.Exited.IsCompletedSuccessfully)
        {
            container.Swap(record with { State = record.State with { Status = RunStatus.Running, Pid = shim.Pid } });
            _ended.Add((container, run, shim.Exited.Result));
            return;
        }

        // a start that was not written down before the old daemon died counts as a start
        container.Swap(record with
        {
            State = record.State with
            {
                Status = IsFrozen(record) ? RunStatus.Paused : RunStatus.Running,
                Pid = shim.Pid,
                StartedAt = run.StartedAt,
            },
        });
        monitor.Store(container.Current);
        _running.Add((container, run));
    }

    // A pause or its end may have happened and not been written down: the kernel knows.
    private bool IsFrozen(ContainerRecord record)
    {
        try
        {
            return ContainerCgroup.Open(SpecBuilder.CgroupPath(record, core.Options), record.Id).FrozenState ?? record.State.Status == RunStatus.Paused;
        }
        catch (WharfException e)
        {
            core.Log.Warning($"whether container {record.Id} is paused cannot be seen: {e.Message}");
            return record.State.Status == RunStatus.Paused;
        }
    }

    // Neither shim nor process: the machine was restarted, or somebody killed both.
    private void MarkLost(Container container, ContainerRecord record, ShimExit exit)
    {
        ContainerRecord next = record with
        {
            Sandbox = null,
            State = record.State with
            {
                Status = RunStatus.Exited,
                Pid = 0,
                ExitCode = exit.ExitCode,
                OomKilled = exit.OutOfMemory,
                FinishedAt = exit.FinishedAt,
                Health = Health.HealthMonitor.Stopped(record.State.Health),
            },
        };
        container.Swap(next);
        monitor.Store(next);
        core.Events.Raise(next, "die", ("exitCode", exit.ExitCode.ToString()));
    }

    private async Task ActAsync(Container container)
    {
        ContainerRecord record = container.Current;
        await preparer.ReleaseAsync(record);
        bool ranAtTheEnd = record.State.Status is not RunStatus.Created && record.State.FinishedAt is not null;
        if (record.State.Status == RunStatus.Removing || (record.HostConfig.AutoRemove && record.State.Status is RunStatus.Exited or RunStatus.Created))
        {
            await monitor.AutoRemoveAsync(container);
        }
        else if (record.State.Status == RunStatus.Restarting || (record.State.Status == RunStatus.Exited && RestartDecision.AfterDaemonStart(record.HostConfig.RestartPolicy, record.State, ranAtTheEnd)))
        {
            using (await container.EnterAsync(CancellationToken.None))
            {
                container.Swap(container.Current with { State = container.Current.State with { Status = RunStatus.Restarting, StoppedByRequest = false } });
                monitor.ScheduleRestart(container, TimeSpan.Zero);
            }
        }
    }

    // Directories of containers that no row knows: a create that never finished, a removal that did.
    private void Sweep()
    {
        hostMounts.Sweep(id => core.Containers.Find(id)?.Run is not null);
        foreach (string id in core.Shims.RecordedContainers())
        {
            if (core.Containers.Find(id) is null)
            {
                core.Log.Warning($"the shim state of {id} belongs to no container and is discarded");
                core.Shims.Discard(id);
            }
        }

        Directory.CreateDirectory(core.ContainersRoot, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute);

        // A hint: where there is none, directories are made as always.
        _ = PlacementCalls.Spread(core.ContainersRoot);
        foreach (string directory in Directory.EnumerateDirectories(core.ContainersRoot))
        {
            string id = Path.GetFileName(directory);
            if (ObjectId.IsFull(id) && core.Containers.Find(id) is null)
            {
                Trash.Discard(core.Options.DataRoot, directory, core.Log);
            }
        }
    }
}
