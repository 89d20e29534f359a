using System.Collections.Concurrent;
using Wharf.Engine.Containers;
using Wharf.Engine.Containers.Storage;
using Wharf.Engine.Events;
using Wharf.Engine.Metrics;
using Wharf.Engine.Volumes;
using Wharf.Images;
using Wharf.Network;
using Wharf.Runtime.Shims;

namespace Wharf.Engine;

/// <summary>What every use case of the engine works with: its settings, the rooms below, and the containers.</summary>
internal sealed record EngineCore
{
    private EngineOptions _options = null!;

    /// <summary>The settings in force; a reload swaps them as a whole.</summary>
    public required EngineOptions Options
    {
        get => Volatile.Read(ref _options);
        init => _options = value;
    }

    public EngineMetrics Metrics { get; } = new();

    public required EngineParts Parts { get; init; }

    public required ContainerRegistry Containers { get; init; }

    public required ContainerStore Store { get; init; }

    public required IEventService Events { get; init; }

    public required IContainerVolumes Volumes { get; init; }

    /// <summary>Environment that is never written down, by container id: the secrets of build steps, which live only as long as the step.</summary>
    public ConcurrentDictionary<string, IReadOnlyList<string>> SecretEnvironment { get; } = new();

    /// <summary>Images that running builds stand on or have made: nobody may prune them from under a build.</summary>
    public Builds.BuildHolds BuildHolds { get; } = new();

    public IShimFactory Shims => Parts.Shims;

    public IImageService Images => Parts.Images;

    public INetworkController Networks => Parts.Networks;

    public IEngineLog Log => Parts.Log;

    public TimeProvider Clock => Parts.Clock;

    public DateTimeOffset Now => Parts.Clock.GetUtcNow();

    public void Reload(EngineOptions options) => Volatile.Write(ref _options, options);

    /// <summary>The container's own directory: log, hosts, hostname, resolv.conf.</summary>
    public string ContainerDirectory(string id) => Path.Combine(ContainersRoot, id);

    public string ContainersRoot => Path.Combine(Options.DataRoot, "containers");
}
