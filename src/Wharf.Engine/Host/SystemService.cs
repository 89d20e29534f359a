using Wharf.Api.Images;
using Wharf.Api.System;
using Wharf.Engine.Builds;
using Wharf.Engine.Containers;
using Wharf.Engine.Volumes;
using Wharf.Images.Catalog;
using Wharf.Primitives;

namespace Wharf.Engine.Host;

/// <summary><c>info</c> and <c>system df</c>.</summary>
internal sealed class SystemService(EngineCore core, EngineInfo info, IContainerService containers, VolumeStore store, VolumeService volumes, IBuildService builds) : ISystemService
{
    public SystemInfo Info() => info.Build();

    public async Task<DiskUsage> DiskUsageAsync(DiskUsageParts parts, CancellationToken ct)
    {
        var usage = new DiskUsage();
        if (parts.HasFlag(DiskUsageParts.Images))
        {
            usage = usage with
            {
                LayersSize = core.Images.DiskUsage().LayersSize,
                Images = [.. core.Images.List(new ImageListQuery { SharedSize = true, CountContainers = true }).Select(Show)],
            };
        }

        if (parts.HasFlag(DiskUsageParts.Containers))
        {
            usage = usage with { Containers = await containers.ListAsync(new ContainerListQuery { All = true, Size = true }, ct) };
        }

        if (parts.HasFlag(DiskUsageParts.Volumes))
        {
            usage = usage with { Volumes = [.. store.All.Select(v => volumes.Inspect(v.Name).With(shown => shown.UsageData = new Wharf.Api.Volumes.VolumeUsageData { Size = volumes.Measure(v), RefCount = volumes.UsersOf(v.Name).Count }))] };
        }

        return parts.HasFlag(DiskUsageParts.BuildCache) ? usage with { BuildCache = builds.Cache() } : usage;
    }

    private static ImageSummary Show(ImageListEntry image) => new()
    {
        Id = image.Id.ToString(),
        ParentId = image.Parent.ToString(),
        RepoTags = [.. image.RepoTags],
        RepoDigests = [.. image.RepoDigests],
        Created = image.Created.ToUnixTimeSeconds(),
        Size = image.Size,
        SharedSize = image.SharedSize,
        Containers = image.Containers,
        Labels = image.Labels is null ? null : new Dictionary<string, string>(image.Labels),
    };
}
