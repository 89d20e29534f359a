using Wharf.Engine.Builds;
using Wharf.Engine.Containers;
using Wharf.Engine.Events;
using Wharf.Engine.Execs;
using Wharf.Engine.Files;
using Wharf.Engine.Host;
using Wharf.Engine.Logs;
using Wharf.Engine.Networks;
using Wharf.Engine.Prune;
using Wharf.Engine.Stats;
using Wharf.Engine.Top;
using Wharf.Engine.Volumes;
using Wharf.Images;

namespace Wharf.Api.Server;

/// <summary>The use cases that the API offers, made by the composition root.</summary>
public sealed record EngineServices
{
    public required IContainerService Containers { get; init; }

    public required IExecService Execs { get; init; }

    public required IContainerFiles Files { get; init; }

    public required IContainerLogs Logs { get; init; }

    public required IContainerStats Stats { get; init; }

    public required IContainerTop Top { get; init; }

    public required IEventService Events { get; init; }

    public required INetworkService Networks { get; init; }

    public required IVolumeService Volumes { get; init; }

    public required IPruneService Prune { get; init; }

    public required ISystemService System { get; init; }

    public required IImageService Images { get; init; }

    public required IBuildService Builds { get; init; }
}
