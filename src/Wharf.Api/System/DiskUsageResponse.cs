using System.Text.Json.Serialization;
using Wharf.Api.Builds;
using Wharf.Api.Containers;
using Wharf.Api.Images;
using Wharf.Api.Volumes;

namespace Wharf.Api.System;

/// <summary>
/// The answer of <c>GET /system/df</c>: the sums of API 1.52 and later beside the lists of older versions, which are gone from 1.53 on.
/// </summary>
public sealed class DiskUsageResponse
{
    public DiskUsageOf<ImageSummary>? ImageUsage { get; set; }

    public DiskUsageOf<ContainerSummary>? ContainerUsage { get; set; }

    public DiskUsageOf<Volume>? VolumeUsage { get; set; }

    public DiskUsageOf<BuildCache>? BuildCacheUsage { get; set; }

    /// <summary>Until 1.52: bytes of all layers, shared ones once.</summary>
    public long? LayersSize { get; set; }

    public List<ImageSummary>? Images { get; set; }

    public List<ContainerSummary>? Containers { get; set; }

    public List<Volume>? Volumes { get; set; }

    public List<BuildCache>? BuildCache { get; set; }
}

/// <summary>Sums over the objects of one kind, with the objects themselves when the request is verbose.</summary>
public sealed class DiskUsageOf<T>
{
    public long ActiveCount { get; set; }

    public long TotalCount { get; set; }

    public long Reclaimable { get; set; }

    public long TotalSize { get; set; }

    public List<T>? Items { get; set; }
}
