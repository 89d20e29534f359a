using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Layers;
using Wharf.Archive.Transfer;
using Wharf.Linux;
using Wharf.Primitives;
using Wharf.State;

namespace Wharf.Build.Mounts;

/// <summary>
/// The folders of <c>RUN --mount=type=cache</c>, which live as long as nobody prunes them. Their names are hashes of the ids that
/// Dockerfiles give, so that no id can name a path.
/// </summary>
public sealed class CacheMounts(string folder, IStateDatabase database, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (int Users, SemaphoreSlim Lock)> _open = [];
    private readonly CacheMountTable _table = new(database);

    /// <summary>Takes a cache for one RUN step; disposing gives it back.</summary>
    /// <param name="id">As in the Dockerfile.</param>
    /// <param name="sharing">Locked waits for others; private has an empty one of its own, for that step alone, when the cache is in use.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<CacheMountLease> TakeAsync(string id, CacheSharing sharing, CancellationToken ct)
    {
        string name = NameOf(id);
        SemaphoreSlim gate;
        bool inUse;
        lock (_gate)
        {
            (int users, SemaphoreSlim known) = _open.TryGetValue(name, out var entry) ? entry : (0, new SemaphoreSlim(1, 1));
            gate = known;
            inUse = users > 0;
            _open[name] = (users + 1, known);
        }

        bool own = sharing == CacheSharing.Private && inUse;
        bool held = false;
        try
        {
            if (sharing == CacheSharing.Locked)
            {
                await gate.WaitAsync(ct);
                held = true;
            }

            string path = Path.Combine(folder, own ? name + "-" + Guid.NewGuid().ToString("N") : name);
            bool isNew = !Directory.Exists(path);
            Directory.CreateDirectory(path);
            if (!own)
            {
                await _table.UseAsync(name, id, clock.GetUtcNow());
            }

            return new CacheMountLease(path, isNew, () => Return(name, held ? gate : null, own ? path : null));
        }
        catch
        {
            Return(name, held ? gate : null, null);
            throw;
        }
    }

    /// <summary>All caches, newest use first.</summary>
    public IReadOnlyList<CacheMountRecord> List() =>
    [
        .. _table.List().Where(r => Directory.Exists(Path.Combine(folder, r.Name))).Select(r => r with { InUse = IsOpen(r.Name), Size = TreeSize.Of(Path.Combine(folder, r.Name)) }),
    ];

    /// <summary>Removes caches that no step uses; the bytes are what the files held.</summary>
    public async Task<long> RemoveAsync(IReadOnlyCollection<string> names)
    {
        long freed = 0;
        foreach (string name in names)
        {
            string path = Path.Combine(folder, name);
            lock (_gate)
            {
                if (!_open.ContainsKey(name) && Directory.Exists(path))
                {
                    freed += TreeSize.Of(path);
                    Directory.Delete(path, recursive: true);
                }
            }
        }

        await _table.ForgetAsync([.. names.Where(n => !Directory.Exists(Path.Combine(folder, n)))]);
        return freed;
    }

    /// <summary>Writes a cache as an uncompressed tar, so that another machine can begin with it.</summary>
    /// <exception cref="WharfException">NotFound "no such cache mount: ID".</exception>
    public async Task ExportAsync(string id, Stream output, CancellationToken ct)
    {
        string path = Path.Combine(folder, NameOf(id));
        if (!Directory.Exists(path))
        {
            throw WharfException.NotFound($"no such cache mount: {id}");
        }

        // Locked, so that no step of sharing=locked writes meanwhile.
        using var lease = await TakeAsync(id, CacheSharing.Locked, ct);
        using var root = OpenFolder(path);
        await TreeArchive.WriteAsync(root, output, IdentityMap.None, ct);
    }

    /// <summary>Fills a cache from a tar; files that it has already are replaced.</summary>
    public async Task ImportAsync(string id, Stream archive, CancellationToken ct)
    {
        using var lease = await TakeAsync(id, CacheSharing.Locked, ct);
        using var root = OpenFolder(lease.Path);
        await LayerApplier.ApplyAsync(archive, root, new LayerApplyOptions { Whiteouts = WhiteoutStyle.Keep }, ct);
    }

    private static string NameOf(string id) => Digest.Sha256(Encoding.UTF8.GetBytes(id)).Encoded;

    private static SafeFileHandle OpenFolder(string path)
    {
        FileCalls.Open(path, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.CloseOnExec, out SafeFileHandle root).ThrowIfError("open", path);
        return root;
    }

    private bool IsOpen(string name)
    {
        lock (_gate)
        {
            return _open.ContainsKey(name);
        }
    }

    private void Return(string name, SemaphoreSlim? held, string? ownCopy)
    {
        lock (_gate)
        {
            held?.Release();
            (int users, SemaphoreSlim gate) = _open[name];
            if (users == 1)
            {
                _open.Remove(name);
            }
            else
            {
                _open[name] = (users - 1, gate);
            }
        }

        if (ownCopy is not null)
        {
            Directory.Delete(ownCopy, recursive: true);
        }
    }
}

/// <summary>A cache in use by a step.</summary>
/// <param name="path">Its folder on the host.</param>
/// <param name="isNew">Nothing was ever in it.</param>
public sealed class CacheMountLease(string path, bool isNew, Action release) : IDisposable
{
    private Action? _release = release;

    public string Path { get; } = path;

    public bool IsNew { get; } = isNew;

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
