using System.Collections.Concurrent;
using Wharf.Api.Builds;
using Wharf.Archive.Compression;
using Wharf.Build.Cache;
using Wharf.Build.Calls;
using Wharf.Build.Execution;
using Wharf.Build.Mounts;
using Wharf.Engine.Builds.Caches;
using Wharf.Engine.Clients;
using Wharf.Engine.Containers;
using Wharf.Primitives;

namespace Wharf.Engine.Builds;

/// <summary>Builds on this engine: brings the context here, runs the builder over the engine's images and containers, keeps its cache.</summary>
internal sealed class BuildService : IBuildService
{
    private readonly EngineCore _core;
    private readonly IContainerService _containers;
    private readonly StateBuildCache _cache;
    private readonly CacheMounts _cacheMounts;
    private readonly BuildCacheStore _store;
    private readonly LocalContexts _folders;
    private readonly SentContexts _sent;
    private readonly BuildContexts _contexts;
    private readonly CacheTransfers _transfers;
    private readonly CacheUploads _uploads = new();
    private readonly FinishedBuilds _finished = new();
    private readonly BuildMemory _memory;
    private readonly string _temporary;
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _running = new();

    public BuildService(EngineCore core, IContainerService containers)
    {
        _core = core;
        _containers = containers;
        _cache = new StateBuildCache(core.Parts.State, core.Clock);
        string folder = Path.Combine(core.Options.DataRoot, "builder");
        _cacheMounts = new CacheMounts(Path.Combine(folder, "cache"), core.Parts.State, core.Clock);
        _sent = new SentContexts(Path.Combine(folder, "sent"), core.Clock);
        _store = new BuildCacheStore(core, _cache, _cacheMounts, _sent);
        _transfers = new CacheTransfers(core.Images, _uploads);
        _temporary = Path.Combine(folder, "tmp");
        _folders = new LocalContexts(Path.Combine(folder, "hashes"), core.Clock);
        _contexts = new BuildContexts(_temporary, _folders, _sent);

        _memory = new BuildMemory(Path.Combine(core.Options.ExecRoot, "builder"));

        // What a build of a daemon that died left behind.
        _memory.Sweep();
        if (Directory.Exists(_temporary))
        {
            Directory.Delete(_temporary, recursive: true);
        }

        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(_temporary, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public async Task<BuildResult> BuildAsync(BuildOrder order, IBuildOutput output, CancellationToken ct)
    {
        _core.Metrics.BuildTriggered();
        try
        {
            return await RunAsync(order, output, ct);
        }
        catch
        {
            _core.Metrics.BuildFailed();
            throw;
        }
    }

    private async Task<BuildResult> RunAsync(BuildOrder order, IBuildOutput output, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        string hold = ObjectId.New();
        if (order.BuildId is { } id && !_running.TryAdd(id, stop))
        {
            throw WharfException.Conflict($"a build with the id {id} is running");
        }

        try
        {
            using var context = await _contexts.OpenAsync(order, stop.Token);
            var request = await SourceEpoch.ResolveAsync(await RequestAsync(order, context, stop.Token), _temporary, stop.Token);
            (CacheImports? imports, IReadOnlyList<string> cacheImages) = await _transfers.OpenAsync(order, output, stop.Token);
            await using (imports)
            {
                var result = await Builder(order, request.RewriteTimestamps ? request.Epoch : null, i => _core.BuildHolds.Add(hold, i)).BuildAsync(request with { Imports = imports, CacheFrom = cacheImages }, output, stop.Token);
                context.Remember();
                await _transfers.PushAsync(order, order.CacheTo, result, output, stop.Token);
                if (order.BuildId is { } built)
                {
                    _finished.Add(built, result);
                }

                return result;
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new WharfException(ErrorKind.Cancelled, "build cancelled");
        }
        finally
        {
            _core.BuildHolds.Release(hold);
            if (order.BuildId is { } known)
            {
                _running.TryRemove(known, out _);
            }
        }
    }

    public async Task<BuildCallAnswer> AnswerAsync(BuildOrder order, BuildCall call, CancellationToken ct)
    {
        using var context = await _contexts.OpenAsync(order, ct);
        return Builder(order, null, _ => { }).Answer(await RequestAsync(order, context, ct), call);
    }

    public async Task ExportFilesAsync(string image, string? attestationPrefix, Stream output, CancellationToken ct)
    {
        var workspaces = new BuildWorkspaces(_core, _containers, _memory);
        Digest id = _core.Images.Resolve(image, null);
        await using var workspace = attestationPrefix is null ? await workspaces.OpenReadOnlyAsync(id, ct) : await workspaces.OpenAsync(id, ct);
        if (attestationPrefix is not null)
        {
            AttestationFiles.Write(workspace.Root, attestationPrefix, _core.Images.Attestations(image, null, []), _core.Images.Config(id));
        }

        await _core.Images.ExportContainerAsync(workspace.Root, output, ct);
    }

    public void CheckFolders(LocalClient client, IReadOnlyList<string> paths)
    {
        foreach (string path in paths)
        {
            _folders.Open(path, client, folder => folder.Dispose());
        }
    }

    public (string Token, byte[] List)? OpenContext(string key) => _sent.Open(key);

    public async Task ReceiveCacheAsync(string id, Stream archive, CancellationToken ct) => await _uploads.AddAsync(id, await _core.Images.ReadCacheAsync(archive, ct));

    public Task ExportCacheAsync(string buildId, CacheSpec target, Stream output, CancellationToken ct) =>
        _core.Images.WriteCacheAsync(_transfers.Content(_finished.Find(buildId), target.IsMax), target.Packing, output, ct);

    public void Cancel(string buildId)
    {
        if (_running.TryGetValue(buildId, out var stop))
        {
            stop.Cancel();
        }
    }

    public List<BuildCache> Cache() => _store.List();

    public Task<BuildPruneResult> PruneAsync(BuildPruneRequest request, CancellationToken ct) => _store.PruneAsync(request, ct);

    public Task ExportCacheMountAsync(string id, Stream output, CancellationToken ct) => _cacheMounts.ExportAsync(id, output, ct);

    public async Task ImportCacheMountAsync(string id, Stream archive, CancellationToken ct)
    {
        await using DecompressedStream plain = await Decompression.OpenAsync(archive, leaveOpen: true, ct);
        await _cacheMounts.ImportAsync(id, plain.Content, ct);
    }

    private Builder Builder(BuildOrder order, DateTimeOffset? latest, Action<Digest> hold) =>
        new(new BuildImages(_core.Images, order.Credentials, latest, hold), new BuildWorkspaces(_core, _containers, _memory), _cache, _cacheMounts, _temporary, _core.Clock);

    private async Task<BuildRequest> RequestAsync(BuildOrder order, BuildContext context, CancellationToken ct) => order.Request with
    {
        Dockerfile = context.Dockerfile,
        DockerfileName = context.DockerfileName,
        BuildId = order.BuildId,
        Source = context.Source,
        Context = context.Files,
        ContextTime = context.Time,
        Ignore = context.Ignore,
        NamedContexts = await _contexts.OpenNamedAsync(order, context, ct),
    };
}
