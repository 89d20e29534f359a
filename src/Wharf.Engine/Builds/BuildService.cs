using System.Globalization;
using Wharf.Api.Builds;
using Wharf.Build.Cache;
using Wharf.Build.Execution;
using Wharf.Build.Mounts;
using Wharf.Build.Sources;
using Wharf.Engine.Containers;
using Wharf.Engine.Prune;
using Wharf.Primitives;

namespace Wharf.Engine.Builds;

/// <summary>Builds on this engine: unpacks the context, runs the builder over the engine's images and containers, keeps its cache.</summary>
internal sealed class BuildService : IBuildService
{
    private readonly EngineCore _core;
    private readonly IContainerService _containers;
    private readonly StateBuildCache _cache;
    private readonly CacheMounts _cacheMounts;
    private readonly string _temporary;

    public BuildService(EngineCore core, IContainerService containers)
    {
        _core = core;
        _containers = containers;
        _cache = new StateBuildCache(core.Parts.State, core.Clock);
        string folder = Path.Combine(core.Options.DataRoot, "builder");
        _cacheMounts = new CacheMounts(Path.Combine(folder, "cache"));
        _temporary = Path.Combine(folder, "tmp");

        // What a build of a daemon that died left behind.
        if (Directory.Exists(_temporary))
        {
            Directory.Delete(_temporary, recursive: true);
        }

        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(_temporary, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public async Task<BuildResult> BuildAsync(BuildOrder order, IBuildOutput output, CancellationToken ct)
    {
        var builder = new Builder(new BuildImages(_core.Images, order.Credentials), new BuildWorkspaces(_core.Images, _containers), _cache, _cacheMounts, _temporary, _core.Clock);
        if (order.RemoteContext is { Length: > 0 } address)
        {
            return await BuildRemoteAsync(builder, order, address, output, ct);
        }

        return await BuildAsync(builder, order, order.Context ?? Stream.Null, output, ct);
    }

    public List<BuildCache> Cache() =>
    [
        .. _cache.List().Select(e => new BuildCache
        {
            ID = e.Key.Encoded[..25],
            Parents = [],
            Type = "regular",
            Description = e.Description,
            InUse = false,
            Shared = _core.Images.TryResolve(e.Image.ToString(), out _),
            Size = SizeOf(e),
            CreatedAt = e.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            LastUsedAt = e.LastUsed.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            UsageCount = e.Uses,
        }),
    ];

    public async Task<BuildPruneResult> PruneAsync(FilterSet filters, bool all, CancellationToken ct)
    {
        filters.Validate("until", "unused-for", "id", "type");
        DateTimeOffset? until = PruneUntil.Parse(filters, _core.Now);
        var chosen = _cache.List().Where(e => (until is null || e.LastUsed <= until) && filters.Prefix("id", e.Key.Encoded) && filters.Exact("type", "regular")
            && (all || !IsNamed(e.Image))).ToList();
        await _cache.ForgetAsync([.. chosen.Select(e => e.Key)], ct);
        long freed = 0;

        // Newest first, so that children go before their parents.
        foreach (BuildCacheEntry entry in chosen.OrderByDescending(e => e.Created))
        {
            ct.ThrowIfCancellationRequested();
            freed += await RemoveImageAsync(entry, ct);
        }

        if (until is null && filters.IsEmpty)
        {
            freed += _cacheMounts.Prune();
        }

        _core.Events.Publish("builder", "prune", "", new Dictionary<string, string> { ["reclaimed"] = freed.ToString(CultureInfo.InvariantCulture) });
        return new BuildPruneResult([.. chosen.Select(e => e.Key.Encoded[..25])], freed);
    }

    private async Task<BuildResult> BuildRemoteAsync(Builder builder, BuildOrder order, string address, IBuildOutput output, CancellationToken ct)
    {
        if (!HttpSource.IsUrl(address))
        {
            throw WharfException.Unsupported($"the remote context {address} is not supported: give a tarball by http or https, or clone the repository and build from its folder");
        }

        string folder = Path.Combine(_temporary, "remote-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        try
        {
            string name = await HttpSource.DownloadAsync(address, folder, null, ct);
            await using var file = File.OpenRead(Path.Combine(folder, name.Length == 0 ? "download" : name));
            byte[] head = new byte[512];
            int length = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct);
            file.Position = 0;
            if (!head.AsSpan(0, length).Contains((byte)0))
            {
                using var text = new StreamReader(file);
                return await builder.BuildAsync(order.Request with { Dockerfile = await text.ReadToEndAsync(ct), DockerfileName = name }, output, ct);
            }

            return await BuildAsync(builder, order, file, output, ct);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<BuildResult> BuildAsync(Builder builder, BuildOrder order, Stream archive, IBuildOutput output, CancellationToken ct)
    {
        using var context = await BuildContextFolder.UnpackAsync(_temporary, archive, ct);
        string name = string.IsNullOrEmpty(order.Dockerfile) ? "Dockerfile" : order.Dockerfile;
        return await builder.BuildAsync(order.Request with
        {
            Dockerfile = context.ReadDockerfile(name),
            DockerfileName = name,
            Context = context.Open(name),
        }, output, ct);
    }

    private long SizeOf(BuildCacheEntry entry)
    {
        if (entry.Kind == "config" || !_core.Images.TryResolve(entry.Image.ToString(), out _))
        {
            return 0;
        }

        return _core.Images.Inspect(entry.Image.ToString()).Layers is { Count: > 0 } layers ? layers[^1].Size : 0;
    }

    private bool IsNamed(Digest image) => _core.Images.TryResolve(image.ToString(), out _) && _core.Images.Inspect(image.ToString()).RepoTags.Count > 0;

    private async Task<long> RemoveImageAsync(BuildCacheEntry entry, CancellationToken ct)
    {
        if (!_core.Images.TryResolve(entry.Image.ToString(), out _) || IsNamed(entry.Image))
        {
            return 0;
        }

        try
        {
            long size = SizeOf(entry);
            await _core.Images.DeleteAsync(entry.Image.ToString(), force: false, prune: false, ct);
            return size;
        }
        catch (WharfException e) when (e.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
        {
            return 0; // a container or a later image stands on it
        }
    }
}
