using System.Text;
using Wharf.Primitives;

namespace Wharf.Build.Mounts;

/// <summary>
/// The folders of <c>RUN --mount=type=cache</c>, which live as long as nobody prunes them. Their names are hashes of the ids that
/// Dockerfiles give, so that no id can name a path.
/// </summary>
public sealed class CacheMounts(string folder)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (int Users, SemaphoreSlim Lock)> _open = [];

    /// <summary>Takes a cache for one RUN step; disposing gives it back.</summary>
    /// <param name="id">As in the Dockerfile.</param>
    /// <param name="sharing">Locked waits for others; private takes a copy of its own when the cache is in use.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<CacheMountLease> TakeAsync(string id, CacheSharing sharing, CancellationToken ct)
    {
        string name = Digest.Sha256(Encoding.UTF8.GetBytes(id)).Encoded;
        SemaphoreSlim gate;
        bool inUse;
        lock (_gate)
        {
            (int users, SemaphoreSlim known) = _open.TryGetValue(name, out var entry) ? entry : (0, new SemaphoreSlim(1, 1));
            gate = known;
            inUse = users > 0;
            _open[name] = (users + 1, known);
        }

        try
        {
            string path = Path.Combine(folder, sharing == CacheSharing.Private && inUse ? name + "-" + Guid.NewGuid().ToString("N") : name);
            if (sharing == CacheSharing.Locked)
            {
                await gate.WaitAsync(ct);
            }

            bool isNew = !Directory.Exists(path);
            Directory.CreateDirectory(path);
            return new CacheMountLease(path, isNew, () => Return(name, sharing == CacheSharing.Locked ? gate : null));
        }
        catch
        {
            Return(name, null);
            throw;
        }
    }

    /// <summary>Removes every cache that no step uses; the bytes are what the files held.</summary>
    public long Prune()
    {
        long freed = 0;
        if (!Directory.Exists(folder))
        {
            return 0;
        }

        foreach (string path in Directory.EnumerateDirectories(folder))
        {
            lock (_gate)
            {
                if (!_open.ContainsKey(Path.GetFileName(path)[..Math.Min(64, Path.GetFileName(path).Length)]))
                {
                    freed += Measure(path);
                    Directory.Delete(path, recursive: true);
                }
            }
        }

        return freed;
    }

    /// <summary>Bytes of all caches.</summary>
    public long Measure() => Directory.Exists(folder) ? Measure(folder) : 0;

    private static long Measure(string path) =>
        new DirectoryInfo(path).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).Sum(f => f.Length);

    private void Return(string name, SemaphoreSlim? held)
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
