using Wharf.Api.Server.Builds;
using Wharf.Api.Server.Containers;
using Wharf.Api.Server.Execs;
using Wharf.Api.Server.Images;
using Wharf.Api.Server.Networks;
using Wharf.Api.Server.Plugins;
using Wharf.Api.Server.Prune;
using Wharf.Api.Server.Routing;
using Wharf.Api.Server.Swarm;
using Wharf.Api.Server.Systems;
using Wharf.Api.Server.Volumes;

namespace Wharf.Api.Server;

/// <summary>Every route of the Engine API.</summary>
public static class EngineRoutes
{
    public static RouteTable Build(EngineServices engine, DaemonFacts daemon) => new([
        .. new DaemonRoutes(daemon).All(),
        .. new SystemRoutes(engine, daemon).All(),
        .. new ContainerRoutes(engine.Containers).All(),
        .. new ContainerStreamRoutes(engine).All(),
        .. new ContainerFileRoutes(engine.Files).All(),
        .. new ExecRoutes(engine.Execs).All(),
        .. new ImageRoutes(engine.Images).All(),
        .. new ImageTransferRoutes(engine.Images).All(),
        .. new CommitRoutes(engine.Files).All(),
        .. new NetworkRoutes(engine.Networks).All(),
        .. new VolumeRoutes(engine.Volumes).All(),
        .. new PruneRoutes(engine.Prune).All(),
        .. BuildRoutes.All(engine.Builds),
        .. SwarmRoutes.All(),
        .. PluginRoutes.All(),
    ]);
}
