using Wharf.Primitives;
using Wharf.State;

namespace Wharf.Images.Content;

/// <summary>
/// Large content by digest: <c>DATAROOT/blobs/sha256/HEX</c>, and <c>DATAROOT/blobs/partial/HEX</c> while it arrives. Each file is
/// registered before it is created; a partial one outlives a restart, so that a download goes on where it broke.
/// </summary>
internal sealed class BlobStore
{
    // Values of the column "complete"; 0 is a file that is still arriving.
    private const int Whole = 1;
    private const int Unsettled = 2;

    private readonly IStateDatabase _database;
    private readonly TimeProvider _clock;
    private readonly string _complete;
    private readonly string _partial;

    public BlobStore(string dataRoot, IStateDatabase database, TimeProvider clock)
    {
        _database = database;
        _clock = clock;
        _complete = Path.Combine(dataRoot, "blobs", "sha256");
        _partial = Path.Combine(dataRoot, "blobs", "partial");
        foreach (string folder in (string[])[_complete, _partial])
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Blobs that somebody works with: not to be collected.</summary>
    public PinnedDigests Pins { get; } = new();

    public bool Exists(Digest digest) => digest.Algorithm == "sha256" && File.Exists(PathOf(digest));

    /// <summary>True when an earlier download of it broke off.</summary>
    public bool HasPartial(Digest digest) => File.Exists(Path.Combine(_partial, digest.Encoded));

    /// <summary>Forgets what an earlier download left.</summary>
    public Task DropPartialAsync(Digest digest) => DiscardAsync(Path.Combine(_partial, digest.Encoded));

    /// <summary>Opens a complete blob; null when it is not here.</summary>
    public FileStream? TryOpen(Digest digest)
    {
        if (digest.Algorithm != "sha256")
        {
            return null;
        }

        try
        {
            return new FileStream(PathOf(digest), new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.ReadWrite | FileShare.Delete,
                BufferSize = 0,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
            });
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <returns>0 for a blob that is gone.</returns>
    public long Length(Digest digest)
    {
        // what is asked of it first is remembered: between the two nothing can take the file away
        var file = new FileInfo(PathOf(digest));
        return file.Exists ? file.Length : 0;
    }

    /// <summary>Begins, or goes on with, the writing of a blob whose digest is known. One writer per digest: the caller sees to it.</summary>
    /// <param name="digest">What it must come to.</param>
    /// <param name="size">Bytes it must have.</param>
    /// <param name="ct">Checked before anything is done.</param>
    /// <param name="unsettled">It is for an image that is not here yet.</param>
    /// <exception cref="WharfException">InvalidArgument for another algorithm than sha256; Internal when the disk does not take it.</exception>
    public async Task<BlobWriter> BeginAsync(Digest digest, long size, CancellationToken ct, bool unsettled = false)
    {
        if (digest.Algorithm != "sha256")
        {
            throw WharfException.Invalid($"unsupported digest algorithm {digest.Algorithm}");
        }

        ct.ThrowIfCancellationRequested();
        await RegisterAsync(digest.Encoded, size).ConfigureAwait(false);
        return new BlobWriter(this, Path.Combine(_partial, digest.Encoded), digest, size) { IsUnsettled = unsettled };
    }

    /// <summary>Begins the writing of a blob whose digest will only be known at its end.</summary>
    public async Task<BlobWriter> BeginAnonymousAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        string name = ObjectId.New();
        await RegisterAsync("partial:" + name, 0).ConfigureAwait(false);
        return new BlobWriter(this, Path.Combine(_partial, name), default, 0);
    }

    /// <summary>Blobs that were downloaded for images which are not here yet; what is still wanted of them when the image comes is <see cref="SettleAsync"/>'s to say.</summary>
    public IReadOnlyList<Digest> Unfinished() => _database.Read(connection => Sql.Query(connection,
        "SELECT digest FROM blobs WHERE complete = $state", row => Digest.Parse("sha256:" + row.GetString(0)), ("$state", Unsettled)));

    /// <summary>The image that these blobs were downloaded for is here: from now on they are kept or dropped like any others.</summary>
    public Task SettleAsync(IReadOnlyList<Digest> digests) => _database.WriteRelaxedAsync(connection =>
    {
        foreach (Digest digest in digests)
        {
            Sql.Execute(connection, "UPDATE blobs SET complete = $whole WHERE digest = $digest AND complete = $state",
                ("$whole", Whole), ("$digest", digest.Encoded), ("$state", Unsettled));
        }
    });

    /// <summary>Registers and shows a finished file.</summary>
    internal async Task<Digest> PublishAsync(string partialPath, Digest digest, long size, bool unsettled)
    {
        await _database.WriteRelaxedAsync(connection => Sql.Execute(connection,
            "INSERT INTO blobs (digest, size, complete, touched) VALUES ($digest, $size, $state, $now) ON CONFLICT (digest) DO UPDATE SET size = excluded.size, complete = excluded.complete, touched = excluded.touched",
            ("$digest", digest.Encoded), ("$size", size), ("$state", unsettled ? Unsettled : Whole), ("$now", _clock.GetUtcNow().ToUnixTimeSeconds()))).ConfigureAwait(false);
        File.Move(partialPath, PathOf(digest), overwrite: true);
        await ForgetPartialAsync(partialPath).ConfigureAwait(false);
        return digest;
    }

    internal async Task DiscardAsync(string partialPath)
    {
        File.Delete(partialPath);
        await ForgetPartialAsync(partialPath).ConfigureAwait(false);
        string hex = Path.GetFileName(partialPath);
        if (!File.Exists(Path.Combine(_complete, hex)))
        {
            await _database.WriteRelaxedAsync(connection => Sql.Execute(connection, "DELETE FROM blobs WHERE digest = $digest", ("$digest", hex))).ConfigureAwait(false);
        }
    }

    public async Task DeleteAsync(Digest digest)
    {
        File.Delete(PathOf(digest));
        await _database.WriteRelaxedAsync(connection =>
            Sql.Execute(connection, "DELETE FROM blobs WHERE digest = $digest", ("$digest", digest.Encoded))).ConfigureAwait(false);
    }

    /// <summary>Bytes of all complete blobs.</summary>
    public long TotalSize() => Directory.EnumerateFiles(_complete).Sum(path => new FileInfo(path).Length);

    public IReadOnlyList<Digest> List() =>
        [.. Directory.EnumerateFiles(_complete).Select(path => Digest.TryParse("sha256:" + Path.GetFileName(path), out Digest digest) ? digest : default).Where(d => !d.IsEmpty)];

    /// <summary>
    /// At start: removes files that nobody registered, anonymous leftovers, and what unfinished downloads have not touched for
    /// <paramref name="keepPartial"/>; forgets rows whose file is gone. Returns the bytes freed.
    /// </summary>
    public async Task<long> SweepAsync(TimeSpan keepPartial)
    {
        Dictionary<string, (long Complete, long Touched)> known = _database.Read(connection => Sql.Query(connection,
            "SELECT digest, complete, touched FROM blobs", row => (row.GetString(0), (row.GetInt64(1), row.GetInt64(2)))))
            .ToDictionary(r => r.Item1, r => r.Item2, StringComparer.Ordinal);
        long oldest = (_clock.GetUtcNow() - keepPartial).ToUnixTimeSeconds();
        long freed = 0;
        var gone = known.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateFiles(_complete))
        {
            string hex = Path.GetFileName(path);
            if (known.TryGetValue(hex, out var row) && (row.Complete == Whole || (row.Complete == Unsettled && row.Touched >= oldest)))
            {
                gone.Remove(hex);
            }
            else
            {
                freed += Remove(path);
            }
        }

        foreach (string path in Directory.EnumerateFiles(_partial))
        {
            string hex = Path.GetFileName(path);
            if (known.TryGetValue(hex, out var row) && row.Touched >= oldest)
            {
                gone.Remove(hex);
            }
            else
            {
                freed += Remove(path);
            }
        }

        await _database.WriteAsync(connection =>
        {
            foreach (string name in gone)
            {
                Sql.Execute(connection, "DELETE FROM blobs WHERE digest = $digest", ("$digest", name));
            }

            return gone.Count;
        }).ConfigureAwait(false);
        return freed;
    }

    private static long Remove(string path)
    {
        long size = new FileInfo(path).Length;
        File.Delete(path);
        return size;
    }

    private string PathOf(Digest digest) => Path.Combine(_complete, digest.Encoded);

    private Task RegisterAsync(string name, long size) => _database.WriteRelaxedAsync(connection => Sql.Execute(connection,
        "INSERT INTO blobs (digest, size, complete, touched) VALUES ($digest, $size, 0, $now) ON CONFLICT (digest) DO UPDATE SET touched = excluded.touched",
        ("$digest", name), ("$size", size), ("$now", _clock.GetUtcNow().ToUnixTimeSeconds())));

    private Task ForgetPartialAsync(string partialPath) => _database.WriteRelaxedAsync(connection =>
        Sql.Execute(connection, "DELETE FROM blobs WHERE digest = $digest", ("$digest", "partial:" + Path.GetFileName(partialPath))));
}
