using Wharf.Primitives;

using Wharf.Registry.Http;
using Wharf.Registry.Metrics;
using Wharf.Registry.Notifications;
using Wharf.Registry.Storage;
using Wharf.Registry.Upstream;

namespace Wharf.Registry.Endpoints;

/// <summary>What the handlers of requests work with.</summary>
internal sealed record RegistryServices
{
    public required RegistryStore Store { get; init; }

    public required IRegistryEvents Events { get; init; }

    public required RegistryMeters Meters { get; init; }

    public required Links Links { get; init; }

    public required RegistryLimits Limits { get; init; }

    /// <summary>The registry that this one is a cache of; null for one of its own.</summary>
    public PullThrough? Upstream { get; init; }

    /// <summary>Tells the listeners, if there are any, and the counters.</summary>
    public void Note(string action, RegistryCall call, string mediaType, Digest digest, long size, string? tag)
    {
        Meters.Happened(action);
        if (Events.HasListeners)
        {
            Events.Raise(RegistryEvent.Of(action, call, mediaType, digest, size, tag));
        }
    }
}

/// <summary>What is allowed, and how much of it.</summary>
internal sealed record RegistryLimits
{
    public bool ReadOnly { get; init; }

    public bool AllowDelete { get; init; } = true;

    /// <summary>Layers that are kept elsewhere (their urls) may be named by manifests.</summary>
    public bool AllowForeignLayers { get; init; }

    /// <summary>An index may name manifests that the registry does not have.</summary>
    public bool AllowSparseIndexes { get; init; }

    /// <summary>Bytes of one blob.</summary>
    public long MaxBlob { get; init; } = long.MaxValue;

    /// <summary>Repositories of one answer of _catalog; more are refused (CVE-2023-2253).</summary>
    public int MaxCatalog { get; init; } = 1000;

    public int MaxTags { get; init; } = 10_000;

    /// <summary>Manifests of one page of referrers.</summary>
    public int MaxReferrers { get; init; } = 500;
}
