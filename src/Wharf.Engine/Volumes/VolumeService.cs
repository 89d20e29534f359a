using Wharf.Api.Volumes;
using Wharf.Engine.Containers;
using Wharf.Engine.Disk;
using Wharf.Engine.Events;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Engine.Volumes;

#pragma warning disable CA1001 // the gate never makes a wait handle, so there is nothing to dispose
/// <summary>Volumes of the local driver: a folder each in <c>DATAROOT/volumes/NAME/_data</c>, or what their options mount there.</summary>
internal sealed class VolumeService(EngineOptions options, VolumeStore store, ContainerRegistry containers, IEventService events, TimeProvider clock, IEngineLog log) : IVolumeService, IContainerVolumes
{
    private const string LocalDriver = "local";
    private const UnixFileMode FolderMode = (UnixFileMode)0b111_000_001; // 0701: only root looks in, processes of any user pass
    private const UnixFileMode DataMode = (UnixFileMode)0b111_101_101;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, HashSet<string>> _mounted = [];

    public async Task<Volume> CreateAsync(VolumeCreateRequest request, CancellationToken ct)
    {
        if (request.ClusterVolumeSpec is not null)
        {
            throw WharfException.Unavailable("this node is not a swarm manager: cluster volumes cannot be made");
        }

        var wish = new VolumeWish(string.IsNullOrEmpty(request.Name) ? null : request.Name, request.Driver ?? "", request.DriverOpts ?? [], request.Labels ?? []);
        var volume = await EnsureAsync(wish, ct);
        return Show(store.Find(volume.Name)!);
    }

    public Volume Inspect(string name) => Show(Get(name));

    public VolumeListResponse List(FilterSet filters)
    {
        filters.Validate("dangling", "driver", "label", "name");
        bool? dangling = filters.Has("dangling") ? filters.Flag("dangling", absent: false) : null;
        var found = store.All.Where(v => filters.Exact("driver", v.Driver) && filters.Pattern("name", v.Name) && filters.AllPairs("label", v.Labels)
            && (dangling is null || dangling == (UsersOf(v.Name).Count == 0)));
        return new VolumeListResponse { Volumes = [.. found.OrderBy(v => v.Name, StringComparer.Ordinal).Select(Show)], Warnings = null };
    }

    public async Task RemoveAsync(string name, bool force, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (store.Find(name) is null && force)
            {
                return;
            }

            var volume = Get(name);
            var users = UsersOf(name);
            if (users.Count > 0)
            {
                throw WharfException.Conflict($"remove {name}: volume is in use - [{string.Join(", ", users)}]");
            }

            await RemoveAsync(volume);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task<ContainerVolume> EnsureAsync(VolumeWish wish, CancellationToken ct)
    {
        if (wish.Driver is not ("" or LocalDriver))
        {
            throw WharfException.NotFound($"error looking up volume plugin {wish.Driver}: plugin \"{wish.Driver}\" not found");
        }

        string name = wish.Name is null ? ObjectId.New() : VolumeName.Check(wish.Name);
        VolumeMounter.Check(wish.Options);
        await _gate.WaitAsync(ct);
        try
        {
            if (store.Find(name) is { } known)
            {
                bool differs = wish.Options.Count > 0 && (known.Options.Count != wish.Options.Count || known.Options.Any(o => wish.Options.GetValueOrDefault(o.Key) != o.Value));
                if (differs)
                {
                    throw WharfException.Conflict($"create {name}: a volume with this name exists and has other options: remove it or use another name");
                }

                // As in Docker, the event tells of each wish for a volume, also of those that one that is there fulfils.
                PublishCreation(name);
                return new ContainerVolume(name, known.Driver, DataPath(name), Created: false);
            }

            var labels = new Dictionary<string, string>(wish.Labels);
            if (wish.Name is null)
            {
                labels[VolumeRecord.AnonymousLabel] = "";
            }

            // The row first: a folder that no row names is swept at start.
            await store.AddAsync(new VolumeRecord(name, LocalDriver, clock.GetUtcNow(), wish.Options, labels), wish.Durable);
            Directory.CreateDirectory(Path.Combine(options.DataRoot, "volumes"), FolderMode);
            Directory.CreateDirectory(Path.Combine(options.DataRoot, "volumes", name), FolderMode);
            Directory.CreateDirectory(DataPath(name), DataMode);
            PublishCreation(name);
            return new ContainerVolume(name, LocalDriver, DataPath(name), Created: true);
        }
        finally
        {
            _gate.Release();
        }
    }

    private void PublishCreation(string name) => events.Publish("volume", "create", name, new Dictionary<string, string> { ["driver"] = LocalDriver });

    public async Task<string> MountAsync(string name, string containerId, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            var volume = Get(name);
            HashSet<string> users = Mounted(name);
            if (volume.Options.Count > 0 && users.Count == 0)
            {
                VolumeMounter.Unmount(DataPath(name)); // what an earlier daemon may have left
                VolumeMounter.Mount(name, DataPath(name), volume.Options);
            }

            users.Add(containerId);
            return DataPath(name);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Adopt(string name, string containerId) => Mounted(name).Add(containerId);

    public async Task<bool> UnmountAsync(string name, string containerId, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (!_mounted.TryGetValue(name, out var users) || !users.Remove(containerId))
            {
                return false;
            }

            if (users.Count == 0)
            {
                _mounted.Remove(name);
                if (store.Find(name) is { Options.Count: > 0 })
                {
                    VolumeMounter.Unmount(DataPath(name));
                }
            }

            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    private HashSet<string> Mounted(string name)
    {
        if (!_mounted.TryGetValue(name, out var users))
        {
            _mounted[name] = users = [];
        }

        return users;
    }

    public string? Mountpoint(string name) => store.Find(name) is null ? null : DataPath(name);

    public async Task RemoveUnusedAsync(string name, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (store.Find(name) is { IsAnonymous: true } volume && UsersOf(name).Count == 0)
            {
                await RemoveAsync(volume);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Removes the folders that no row names: a crash between the two left them.</summary>
    public void Sweep()
    {
        string root = Path.Combine(options.DataRoot, "volumes");
        if (!Directory.Exists(root))
        {
            return;
        }

        foreach (string folder in Directory.EnumerateDirectories(root).Where(f => store.Find(Path.GetFileName(f)) is null))
        {
            VolumeMounter.Unmount(Path.Combine(folder, "_data"));
            Trash.Discard(options.DataRoot, folder, log);
        }
    }

    /// <summary>Bytes of a volume's files; -1 where its content is mounted from elsewhere.</summary>
    public long Measure(VolumeRecord volume) => volume.Options.Count > 0 ? -1 : TreeSize.Of(DataPath(volume.Name));

    public IReadOnlyList<string> UsersOf(string name) =>
        [.. containers.All.Where(c => c.Current.Definition.Mounts.Any(m => m.Type == "volume" && m.Name == name)).Select(c => c.Id)];

    private async Task RemoveAsync(VolumeRecord volume)
    {
        VolumeMounter.Unmount(DataPath(volume.Name));
        await store.RemoveAsync(volume.Name);
        Trash.Discard(options.DataRoot, Path.Combine(options.DataRoot, "volumes", volume.Name), log);
        events.Publish("volume", "destroy", volume.Name, new Dictionary<string, string> { ["driver"] = volume.Driver });
    }

    private VolumeRecord Get(string name) => store.Find(name) ?? throw WharfException.NotFound($"get {name}: no such volume");

    private string DataPath(string name) => Path.Combine(options.DataRoot, "volumes", name, "_data");

    private Volume Show(VolumeRecord volume) => new()
    {
        Name = volume.Name,
        Driver = volume.Driver,
        Mountpoint = DataPath(volume.Name),
        CreatedAt = volume.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
        Labels = new Dictionary<string, string>(volume.Labels),
        Options = volume.Options.Count == 0 ? null : new Dictionary<string, string>(volume.Options),
        Scope = "local",
    };
}
