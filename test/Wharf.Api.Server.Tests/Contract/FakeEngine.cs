using System.Reflection;
using Wharf.Api.Server.Routing;
using Wharf.Api.Server.Systems;
using Wharf.Primitives;

namespace Wharf.Api.Server.Tests.Contract;

/// <summary>An engine that has nothing: every use case answers "not found", so whatever else a request meets is the API server's doing.</summary>
public class FakeEngine : DispatchProxy
{
    public static RouteTable Routes() => EngineRoutes.Build(Services(), new DaemonFacts { Version = "9.9.9", Complete = info => info });

    private static EngineServices Services() => new()
    {
        Containers = Make<Engine.Containers.IContainerService>(),
        Execs = Make<Engine.Execs.IExecService>(),
        Files = Make<Engine.Files.IContainerFiles>(),
        Logs = Make<Engine.Logs.IContainerLogs>(),
        Stats = Make<Engine.Stats.IContainerStats>(),
        Top = Make<Engine.Top.IContainerTop>(),
        Events = Make<Engine.Events.IEventService>(),
        Networks = Make<Engine.Networks.INetworkService>(),
        Volumes = Make<Engine.Volumes.IVolumeService>(),
        Prune = Make<Engine.Prune.IPruneService>(),
        System = Make<Engine.Host.ISystemService>(),
        Images = Make<Wharf.Images.IImageService>(),
        Builds = Make<Engine.Builds.IBuildService>(),
    };

    private static T Make<T>()
        where T : class => Create<T, FakeEngine>();

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        throw WharfException.NotFound($"No such object: {targetMethod?.Name}");
}
