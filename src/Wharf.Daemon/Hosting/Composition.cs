using Wharf.Api.Server;
using Wharf.Api.Server.Routing;
using Wharf.Api.Server.Systems;
using Wharf.Daemon.Logging;
using Wharf.Daemon.Options;
using Wharf.Engine;
using Wharf.Images;
using Wharf.Images.Index;
using Wharf.Network;
using Wharf.Primitives;
using Wharf.Runtime.Shims;
using Wharf.State;

namespace Wharf.Daemon.Hosting;

/// <summary>The rooms of the house put together by hand: who is made in which order, and who ends when (in the reverse one).</summary>
internal sealed class Composition : IAsyncDisposable
{
    private readonly DaemonLog log;
    private readonly Stack<IAsyncDisposable> owned = new();
    private EngineServices? services;
    private ContainerEngine? engine;
    private ImageService? images;
    private DaemonOptions? current;
    private ShimFactory? shims;
    private NetworkController? network;

    private Composition(DaemonLog log) => this.log = log;

    public RouteTable Routes { get; private set; } = new([]);

    /// <summary>Everything that can be asked of the engine.</summary>
    public EngineServices Services => services ?? throw new InvalidOperationException("the rooms are not put together yet");

    public ContainerEngine Engine => engine ?? throw new InvalidOperationException("the rooms are not put together yet");

    /// <summary>The options in force.</summary>
    public DaemonOptions Options => current ?? throw new InvalidOperationException("the rooms are not put together yet");

    /// <summary>Hands new options to the rooms; each takes over what it can change while it runs.</summary>
    public void Reload(DaemonOptions next)
    {
        Engine.Reload(next.Engine);
        images!.Reload(next.Images);
        current = Options with
        {
            Debug = next.Debug,
            LogLevel = next.LogLevel,
            ShutdownTimeout = next.ShutdownTimeout,
            Engine = next.Engine,
            Images = Options.Images with { Registries = next.Images.Registries },
        };
    }

    /// <summary>Brings up everything below the API. Containers of an earlier daemon are followed again when it returns.</summary>
    public static async Task<Composition> BuildAsync(DaemonOptions options, DaemonLog log)
    {
        var composition = new Composition(log);
        try
        {
            await composition.BuildAsync(options);
            return composition;
        }
        catch
        {
            await composition.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes ready what containers will need. Not part of coming up: who waits for the daemon should not wait for it.</summary>
    public void Prepare()
    {
        shims!.Prepare();
        network!.Prepare();
    }

    public async ValueTask DisposeAsync()
    {
        while (owned.TryPop(out IAsyncDisposable? room))
        {
            await room.DisposeAsync();
        }
    }

    private async Task BuildAsync(DaemonOptions options)
    {
        var rooms = new RoomLogs(log);
        StateDatabase state = Own(StateDatabase.Open(Path.Combine(options.DataRoot, "state.db"), [ImagesSchema.Part, .. ContainerEngine.SchemaParts]));
        shims = Own(new ShimFactory(new ShimFactoryOptions
        {
            ExecRoot = options.ExecRoot,
            ShimPath = options.ShimPath,
            Trouble = rooms.Warning,
        }));
        network = Own(new NetworkController(options.Network, rooms, TimeProvider.System));
        current = options;
        images = await ImageService.OpenAsync(options.Images, state, TimeProvider.System, rooms.Warning, CancellationToken.None);
        owned.Push(new Disposal(images));
        engine = Own(await ContainerEngine.StartAsync(options.Engine, new EngineParts
        {
            State = state,
            Shims = shims,
            Images = images,
            Networks = network,
            Log = rooms,
        }, CancellationToken.None));
        services = Gather(engine, images);
        Routes = EngineRoutes.Build(services, Facts());
    }

    private static EngineServices Gather(ContainerEngine engine, ImageService images) => new()
    {
        Containers = engine.Containers,
        Execs = engine.Execs,
        Files = engine.Files,
        Logs = engine.Logs,
        Stats = engine.Stats,
        Top = engine.Top,
        Events = engine.Events,
        Networks = engine.Networks,
        Volumes = engine.Volumes,
        Prune = engine.Prune,
        System = engine.System,
        Images = images,
        Builds = engine.Builds,
    };

    private DaemonFacts Facts() => new()
    {
        Version = BuildFacts.Version,
        GitCommit = BuildFacts.Commit,
        Experimental = Options.Experimental,
        Complete = info => DaemonInfo.Complete(info, Options, log.Level),
    };

    private T Own<T>(T room)
        where T : IAsyncDisposable
    {
        owned.Push(room);
        return room;
    }

    private sealed class Disposal(IDisposable room) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            room.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
