using Wharf.Api.System;

namespace Wharf.Engine.Host;

/// <summary>The engine as a whole: what <c>info</c> and <c>system df</c> tell.</summary>
public interface ISystemService
{
    /// <summary>Everything of <c>GET /info</c> that engine, host and kernel know; the daemon adds its own options (debug, listeners, registries).</summary>
    SystemInfo Info();

    /// <summary>Measured bytes of <c>GET /system/df</c>.</summary>
    Task<DiskUsage> DiskUsageAsync(DiskUsageParts parts, CancellationToken ct);
}

/// <summary>Which parts of the disk are asked for.</summary>
[Flags]
public enum DiskUsageParts
{
    None = 0,
    Containers = 1,
    Images = 2,
    Volumes = 4,
    BuildCache = 8,
    All = 15,
}

/// <summary>What <c>GET /system/df</c> shows, in the shape of all API versions: lists, with the sums the newer ones ask for.</summary>
public sealed record DiskUsage
{
    /// <summary>Bytes of all layers together, shared ones once.</summary>
    public long LayersSize { get; init; }

    public List<Wharf.Api.Images.ImageSummary>? Images { get; init; }

    public List<Wharf.Api.Containers.ContainerSummary>? Containers { get; init; }

    public List<Wharf.Api.Volumes.Volume>? Volumes { get; init; }

    public List<Wharf.Api.Builds.BuildCache>? BuildCache { get; init; }
}
