using System.Collections.Concurrent;
using System.Collections.Immutable;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Registry.Storage;

/// <summary>
/// The store of a registry: repositories, the content they share, uploads. One process owns a root at a time. Whatever is acknowledged is on disk,
/// and a process that is killed at any moment leaves a store that the next one uses as it is.
/// </summary>
internal sealed class RegistryStore : IDisposable
{
    private const int OpenUploads = 10_000;

    private readonly ConcurrentDictionary<string, Repository> _open = new(StringComparer.Ordinal);
    private readonly FileStream _lock;
    private readonly Lock _names = new();
    private ImmutableSortedSet<string> _known = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    private RegistryStore(StoreLayout layout, TimeProvider clock, FileStream held)
    {
        Layout = layout;
        Clock = clock;
        _lock = held;
        Pool = new ContentPool(layout);
        Uploads = new UploadFolder(layout, clock, OpenUploads);
    }

    public StoreLayout Layout { get; }

    public TimeProvider Clock { get; }

    public ContentPool Pool { get; }

    public UploadFolder Uploads { get; }

    /// <summary>How long a blob that no manifest names is kept for one that will.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The names of all repositories that have or had a manifest, in order.</summary>
    public ImmutableSortedSet<string> Names => Volatile.Read(ref _known);

    /// <exception cref="WharfException">Another process has the root, or its file system has no hard links.</exception>
    public static RegistryStore Open(string root, TimeProvider clock, TimeSpan grace)
    {
        var layout = new StoreLayout(root);
        foreach (string folder in new[] { layout.Root, layout.Content, layout.Repositories, layout.Uploads })
        {
            Directory.CreateDirectory(folder);
        }

        FileStream held;
        try
        {
            held = new FileStream(layout.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw WharfException.Conflict($"{layout.Root} is in use by another registry: {e.Message}");
        }

        var store = new RegistryStore(layout, clock, held) { Grace = grace };
        store.Uploads.Load();
        store._known = [.. store.FindNames()];
        return store;
    }

    /// <returns>Null when there is no such repository: a name that somebody only asks for costs no memory.</returns>
    public Repository? Find(string name) => Names.Contains(name) ? Get(name) : null;

    /// <summary>The size of a blob that a repository has; null when it has none of that digest.</summary>
    public long? BlobSize(string repository, Digest digest) => Inodes.Status(Layout.BlobFile(repository, digest)) is { } status ? (long)status.Size : null;

    /// <summary>Says that somebody counts on the blob, which keeps the sweep away for another grace period.</summary>
    public void KeepFresh(string repository, Digest digest)
    {
        string path = Layout.BlobFile(repository, digest);
        if (Inodes.Status(path) is { } status && Clock.GetUtcNow() - Inodes.Time(status.Modified) > Grace / 4)
        {
            Inodes.Touch(path);
        }
    }

    /// <returns>False when the repository has no such blob.</returns>
    public bool DeleteBlob(string repository, Digest digest)
    {
        string path = Layout.BlobFile(repository, digest);
        if (Inodes.Status(path) is null)
        {
            return false;
        }

        File.Delete(path);
        AtomicFile.SyncDirectory(Path.GetDirectoryName(path)!);
        return true;
    }

    /// <summary>The repository, which begins to exist with its first manifest.</summary>
    public Repository Get(string name) => _open.GetOrAdd(name, n => new Repository(Layout, n));

    /// <summary>Stores a manifest's bytes and enters it, with its tag.</summary>
    /// <param name="repository">Where.</param>
    /// <param name="entry">What the bytes are; their digest is right.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="tags">The tags to set.</param>
    /// <param name="named">The blobs it names, whose names must be durable with it.</param>
    /// <param name="check">Looks once more at what must hold, alone with the newest state.</param>
    /// <param name="ct">Gives up before anything is written.</param>
    public async Task PutManifestAsync(Repository repository, ManifestEntry entry, ReadOnlyMemory<byte> content, IReadOnlyCollection<string> tags,
        IReadOnlyCollection<Digest> named, Action<RepositoryState> check, CancellationToken ct)
    {
        if (repository.BlobSize(entry.Digest) != content.Length)
        {
            Upload upload = Uploads.Begin(repository.Name);
            try
            {
                AtomicFile.Write(upload.DataFile, content.Span, (UnixFileMode)0x1A4);
                Pool.Adopt(upload.DataFile, entry.Digest, repository.Name);
            }
            finally
            {
                Uploads.End(upload);
            }
        }

        Pool.SyncNames([entry.Digest, .. named]);
        await repository.ChangeAsync(state =>
        {
            check(state);
            return repository.BlobSize(entry.Digest) is null ? throw RegistryFault.ManifestUnknown(entry.Digest.ToString()) : state.With(entry, tags);
        }, ct);
        lock (_names)
        {
            Volatile.Write(ref _known, _known.Add(repository.Name));
        }
    }

    public void Dispose()
    {
        foreach (Repository repository in _open.Values)
        {
            repository.Dispose();
        }

        _lock.Dispose();
    }

    private IEnumerable<string> FindNames()
    {
        var waiting = new Stack<string>([Layout.Repositories]);
        while (waiting.TryPop(out string? folder))
        {
            foreach (string child in Directory.EnumerateDirectories(folder))
            {
                if (Path.GetFileName(child) != StoreLayout.LayoutFolder)
                {
                    waiting.Push(child);
                }
                else if (File.Exists(Path.Combine(child, "index.json")))
                {
                    yield return Path.GetRelativePath(Layout.Repositories, folder);
                }
            }
        }
    }
}
