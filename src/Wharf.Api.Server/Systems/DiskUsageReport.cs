using Wharf.Api.Builds;
using Wharf.Api.Containers;
using Wharf.Api.Server.Containers;
using Wharf.Api.Images;
using Wharf.Api.System;
using Wharf.Api.Versions;
using Wharf.Api.Volumes;
using Wharf.Engine.Host;
using Wharf.Primitives;

namespace Wharf.Api.Server.Systems;

/// <summary>The measured disk usage in the shape that each API version knows: lists until 1.51, both in 1.52, sums from 1.53 on.</summary>
internal static class DiskUsageReport
{
    private static readonly ApiVersion Sums = new(1, 52);
    private static readonly ApiVersion SumsOnly = new(1, 53);

    public static DiskUsageParts Parts(IReadOnlyList<string> types)
    {
        DiskUsageParts parts = DiskUsageParts.None;
        foreach (string type in types)
        {
            parts |= type switch
            {
                "container" => DiskUsageParts.Containers,
                "image" => DiskUsageParts.Images,
                "volume" => DiskUsageParts.Volumes,
                "build-cache" => DiskUsageParts.BuildCache,
                _ => throw WharfException.Invalid($"unknown object type: {type}"),
            };
        }

        return parts == DiskUsageParts.None ? DiskUsageParts.All : parts;
    }

    public static DiskUsageResponse Of(DiskUsage usage, DiskUsageParts parts, bool verbose, ApiVersion version)
    {
        var response = new DiskUsageResponse();
        // who asks for details in the new way reads them where they are now
        if (version < Sums || (version < SumsOnly && !verbose))
        {
            response.LayersSize = parts.HasFlag(DiskUsageParts.Images) ? usage.LayersSize : 0;
            response.Images = usage.Images;
            response.Containers = usage.Containers?.ConvertAll(container => ContainerVersions.Of(container, version));
            response.Volumes = usage.Volumes;
            response.BuildCache = usage.BuildCache;
        }

        if (version >= Sums)
        {
            response.ImageUsage = usage.Images is { } images ? Images(images, usage.LayersSize, verbose) : null;
            response.ContainerUsage = usage.Containers is { } containers ? Containers(containers, verbose) : null;
            response.VolumeUsage = usage.Volumes is { } volumes ? Volumes(volumes, verbose) : null;
            response.BuildCacheUsage = usage.BuildCache is { } cache ? BuildCaches(cache, verbose) : null;
        }

        return response;
    }

    private static DiskUsageOf<ImageSummary> Images(List<ImageSummary> images, long layersSize, bool verbose) => new()
    {
        ActiveCount = images.Count(image => image.Containers > 0),
        TotalCount = images.Count,
        TotalSize = layersSize,
        // What is shared with an image that stays would not be freed.
        Reclaimable = Math.Max(0, layersSize - images.Where(image => image.Containers > 0).Sum(image => image.Size)),
        Items = verbose ? images : null,
    };

    private static DiskUsageOf<ContainerSummary> Containers(List<ContainerSummary> containers, bool verbose)
    {
        IEnumerable<ContainerSummary> active = containers.Where(container => container.State is "running" or "paused" or "restarting");
        long total = containers.Sum(container => container.SizeRw ?? 0);
        return new DiskUsageOf<ContainerSummary>
        {
            ActiveCount = active.Count(),
            TotalCount = containers.Count,
            TotalSize = total,
            Reclaimable = total - active.Sum(container => container.SizeRw ?? 0),
            Items = verbose ? containers : null,
        };
    }

    private static DiskUsageOf<Volume> Volumes(List<Volume> volumes, bool verbose)
    {
        static long SizeOf(Volume volume) => Math.Max(0, volume.UsageData?.Size ?? 0);
        IEnumerable<Volume> active = volumes.Where(volume => volume.UsageData?.RefCount > 0);
        long total = volumes.Sum(SizeOf);
        return new DiskUsageOf<Volume>
        {
            ActiveCount = active.Count(),
            TotalCount = volumes.Count,
            TotalSize = total,
            Reclaimable = total - active.Sum(SizeOf),
            Items = verbose ? volumes : null,
        };
    }

    private static DiskUsageOf<BuildCache> BuildCaches(List<BuildCache> cache, bool verbose)
    {
        // A shared record belongs to an image's layers and is counted there.
        long total = cache.Where(record => !record.Shared).Sum(record => record.Size);
        return new DiskUsageOf<BuildCache>
        {
            ActiveCount = cache.Count(record => record.InUse),
            TotalCount = cache.Count,
            TotalSize = total,
            Reclaimable = total - cache.Where(record => record.InUse && !record.Shared).Sum(record => record.Size),
            Items = verbose ? cache : null,
        };
    }
}
