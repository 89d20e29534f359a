using Wharf.Build.Cache;
using Wharf.Engine.Builds;
using Wharf.Engine.Containers;
using Wharf.Engine.Containers.Creation;
using Wharf.Engine.Containers.Lifecycle;
using Wharf.Engine.Containers.Listing;
using Wharf.Engine.Containers.Storage;
using Wharf.Engine.Events;
using Wharf.Engine.Execs;
using Wharf.Engine.Files;
using Wharf.Engine.Health;
using Wharf.Engine.Host;
using Wharf.Engine.Launch;
using Wharf.Engine.Logs;
using Wharf.Engine.Metrics;
using Wharf.Engine.Networks;
using Wharf.Engine.Prune;
using Wharf.Engine.Stats;
using Wharf.Engine.Streams;
using Wharf.Engine.Top;
using Wharf.Engine.Volumes;
using Wharf.Network;
using Wharf.State;

namespace Wharf.Engine;

/// <summary>The engine put together: every use case over one set of containers. Disposing it lets go of the shims; containers run on.</summary>
public sealed class ContainerEngine : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping;
    private readonly EventJournal _journal;
    private readonly RunMonitor _monitor;
    private readonly ContainerStopper _stopper;

    private ContainerEngine(EngineCore core, EventJournal journal, RunMonitor monitor, ContainerStopper stopper, CancellationTokenSource stopping)
    {
        _journal = journal;
        _monitor = monitor;
        _stopper = stopper;
        _stopping = stopping;
        Core = core;
    }

    /// <summary>The tables that the engine needs in the state database.</summary>
    public static IReadOnlyList<SchemaPart> SchemaParts => [ContainerStore.Schema, EventJournal.Schema, VolumeStore.Schema, NetworkStore.Schema, StateBuildCache.Schema];

    public required IContainerService Containers { get; init; }

    public required IExecService Execs { get; init; }

    public required IVolumeService Volumes { get; init; }

    public required IContainerLogs Logs { get; init; }

    public required IContainerStats Stats { get; init; }

    public required IContainerTop Top { get; init; }

    public required IContainerFiles Files { get; init; }

    public required IPruneService Prune { get; init; }

    public required ISystemService System { get; init; }

    public required IBuildService Builds { get; init; }

    public required INetworkService Networks { get; init; }

    public IEventService Events => _journal;

    public required MetricsReport Metrics { get; init; }

    internal EngineCore Core { get; }

    /// <summary>Brings everything back to where the last daemon left it: when this returns, what ran is followed, what ended is known, and policies have begun to act.</summary>
    /// <param name="options">The daemon's settings.</param>
    /// <param name="parts">The rooms below; the caller disposes them after the engine.</param>
    /// <param name="ct">Ends the start.</param>
    public static async Task<ContainerEngine> StartAsync(EngineOptions options, EngineParts parts, CancellationToken ct)
    {
        var stopping = new CancellationTokenSource();
        var containers = new ContainerRegistry();
        var journal = new EventJournal(parts.State, parts.Clock, parts.Log);
        var volumeStore = new VolumeStore(parts.State);
        var volumes = new VolumeService(options, volumeStore, containers, journal, parts.Clock, parts.Log);
        var core = new EngineCore
        {
            Options = options,
            Parts = parts,
            Containers = containers,
            Store = new ContainerStore(parts.State),
            Events = journal,
            Volumes = volumes,
        };
        var observer = new ImageObserver(containers, core.BuildHolds, journal);
        parts.Images.Connect(observer, observer);
        KernelSupport kernel = KernelSupport.Probe();
        var specs = new SpecBuilder(options, new SeccompProfiles());
        var hostMounts = new HostMounts(options);
        var execProcess = new ExecProcess(core, specs);
        var preparer = new LaunchPreparer(core, new UserCache(core), specs, hostMounts);
        var monitor = new RunMonitor(core, preparer, new HealthMonitor(core, new ExecHealthProbe(core, execProcess)), stopping.Token);
        var starter = new ContainerStarter(core, preparer, monitor);
        var stopper = new ContainerStopper(core, monitor);
        var remover = new ContainerRemover(core, stopper);
        var execs = new ExecService(core, execProcess);
        var logs = new ContainerLogs(core);
        monitor.RestartByPolicy = container => starter.StartAsync(container, byPolicy: true, stopping.Token);
        monitor.Remove = container => remover.RemoveStoppedAsync(container, volumes: true, CancellationToken.None);
        remover.Removed = execs.ContainerRemoved;
        var networkStore = new NetworkStore(parts.State);
        var networkService = new NetworkService(core, networkStore);
        var pauser = new ContainerPauser(core, monitor);
        var containerService = new ContainerService(
            core,
            new ContainerCreator(core, kernel),
            starter,
            stopper,
            pauser,
            new ContainerUpdater(core, kernel),
            remover,
            new ContainerAttacher(core, logs),
            new ContainerInspector(core),
            new ContainerLister(core));
        var builds = new BuildService(core, containerService);
        var info = new EngineInfo(core, kernel, journal);
        var engine = new ContainerEngine(core, journal, monitor, stopper, stopping)
        {
            Metrics = new MetricsReport(core, journal, info),
            Containers = containerService,
            Networks = networkService,
            Files = new ContainerFilesService(core, pauser),
            Prune = new PruneService(core, remover, volumeStore, volumes, networkService),
            Builds = builds,
            System = new SystemService(core, info, containerService, volumeStore, volumes, builds),
            Execs = execs,
            Volumes = volumes,
            Logs = logs,
            Stats = new ContainerStats(core),
            Top = new ContainerTop(core),
        };
        var restorer = new ContainerRestorer(core, monitor, preparer, hostMounts);
        await restorer.FindAsync(ct);
        HashSet<string> layers = [.. containers.All.SelectMany(c => c.Current.Definition.Mounts.Select(m => m.LayerId).Prepend(c.Current.Definition.Id))];
        await parts.Images.SweepContainersAsync(layers.Contains, ct);
        RestoreResult networks = await parts.Networks.RestoreAsync(networkStore.LoadAll(), restorer.LiveSandboxes, ct);
        await networkStore.ReplaceAsync(networks.Networks);
        await restorer.FollowAsync(networks.Sandboxes);
        await engine.EndLeftOversAsync(restorer);
        await restorer.ActAsync();
        volumes.Sweep();
        return engine;
    }

    /// <summary>Takes over the settings that may change while the engine runs; all others stay.</summary>
    public void Reload(EngineOptions next) => Core.Reload(Core.Options with
    {
        Labels = next.Labels,
        DefaultRuntime = next.DefaultRuntime,
        Runtimes = next.Runtimes,
        LiveRestore = next.LiveRestore,
        ShutdownTimeout = next.ShutdownTimeout,
    });

    /// <summary>
    /// Without live restore, stops every container: each gets its own time, all together the shutdown timeout or five seconds more than the
    /// slowest of them, whichever is longer. With live restore, nothing happens.
    /// </summary>
    public async Task ShutDownContainersAsync()
    {
        if (Core.Options.LiveRestore)
        {
            return;
        }

        _monitor.ShuttingDown = true;
        List<Container> running = [.. Core.Containers.All.Where(c => c.Run is not null)];
        Task all = Task.WhenAll(running.Select(StopAsync));
        TimeSpan slowest = running.Select(c => ContainerStopper.Patience(c, null)).Append(TimeSpan.Zero).Max() + TimeSpan.FromSeconds(5);
        TimeSpan limit = Core.Options.ShutdownTimeout < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(Math.Max(Core.Options.ShutdownTimeout, slowest.TotalSeconds));
        try
        {
            await all.WaitAsync(limit, Core.Clock);
        }
        catch (TimeoutException)
        {
            Core.Log.Warning("some containers did not stop in the shutdown timeout and run on");
        }
    }

    // The former daemon had no time to stop them with itself: it is done for it, and policies find them as after an orderly end.
    private async Task EndLeftOversAsync(ContainerRestorer restorer)
    {
        await ShutDownContainersAsync();
        _monitor.ShuttingDown = false;
        restorer.AddEnded();
    }

    private async Task StopAsync(Container container)
    {
        try
        {
            await _stopper.StopWithDaemonAsync(container);
        }
        catch (Exception e)
        {
            Core.Log.Error($"container {container.Id} could not be stopped with the daemon", e);
        }
    }

    /// <summary>Stops following the containers; they run on under their shims.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (Container container in Core.Containers.All)
        {
            if (container.Run is { } run)
            {
                await run.Life.CancelAsync();
                await run.Shim.DisposeAsync();
            }
        }

        await _journal.DisposeAsync();
        _stopping.Dispose();
    }
}
