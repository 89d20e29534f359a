using Wharf.Linux;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Registry.Storage;

/// <summary>
/// One repository: its state in memory, its index on disk. Changes queue up and whoever writes next writes all that wait, in one file; a change is
/// acknowledged when it is on disk. Readers take <see cref="State"/> and never wait.
/// </summary>
internal sealed class Repository : IDisposable
{
    private static readonly byte[] LayoutMark = """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray();

    private readonly StoreLayout _layout;
    private readonly SemaphoreSlim _writer = new(1, 1);
    private readonly Lock _gate = new();
    private readonly List<Change> _waiting = [];
    private volatile RepositoryState _state;

    public Repository(StoreLayout layout, string name)
    {
        _layout = layout;
        Name = name;
        string index = layout.IndexFile(name);
        _state = File.Exists(index) ? RepositoryState.From(OciImageJson.ReadIndex(File.ReadAllBytes(index))) : RepositoryState.Empty;
    }

    public string Name { get; }

    public RepositoryState State => _state;

    /// <summary>The size of a blob that this repository has; null when it has none of that digest.</summary>
    public long? BlobSize(Digest digest) => Inodes.Status(_layout.BlobFile(Name, digest)) is { } status ? (long)status.Size : null;

    public string BlobPath(Digest digest) => _layout.BlobFile(Name, digest);

    public byte[] ReadManifest(Digest digest)
    {
        try
        {
            return File.ReadAllBytes(BlobPath(digest));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw RegistryFault.ManifestUnknown(digest.ToString());
        }
    }

    /// <summary>Makes a change durable. It sees the newest state, alone; when it throws, nothing was changed.</summary>
    public async Task<RepositoryState> ChangeAsync(Func<RepositoryState, RepositoryState> change, CancellationToken ct)
    {
        var mine = new Change(change);
        lock (_gate)
        {
            _waiting.Add(mine);
        }

        // A change that waits may be made by another writer at any time, so the wait cannot be given up half way.
        ct.ThrowIfCancellationRequested();
        await _writer.WaitAsync(CancellationToken.None);
        try
        {
            if (!mine.Done.Task.IsCompleted)
            {
                WriteWaiting();
            }
        }
        finally
        {
            _writer.Release();
        }

        return await mine.Done.Task;
    }

    /// <summary>Removes blobs while no change can be made; <paramref name="isGarbage"/> sees the newest state.</summary>
    public async Task<(long Files, long Bytes)> RemoveBlobsAsync(Func<RepositoryState, string, bool> isGarbage, IReadOnlyList<string> candidates, CancellationToken ct)
    {
        await _writer.WaitAsync(ct);
        try
        {
            long files = 0, bytes = 0;
            foreach (string file in candidates)
            {
                if (Inodes.Status(file) is { } status && isGarbage(_state, file))
                {
                    File.Delete(file);
                    files++;
                    bytes += (long)status.Size;
                }
            }

            return (files, bytes);
        }
        finally
        {
            _writer.Release();
        }
    }

    public void Dispose() => _writer.Dispose();

    private void WriteWaiting()
    {
        List<Change> batch;
        lock (_gate)
        {
            batch = [.. _waiting];
            _waiting.Clear();
        }

        RepositoryState state = _state;
        var made = new List<Change>(batch.Count);
        foreach (Change change in batch)
        {
            try
            {
                state = change.Apply(state);
                made.Add(change);
            }
            catch (Exception e)
            {
                change.Done.SetException(e);
            }
        }

        try
        {
            if (!ReferenceEquals(state, _state))
            {
                Write(state);
                NoteUntagged(_state, state);
                _state = state;
            }
        }
        catch (Exception e)
        {
            made.ForEach(change => change.Done.SetException(e));
            return;
        }

        made.ForEach(change => change.Done.SetResult(state));
    }

    // The age of a manifest without a tag counts from the moment it lost its last one.
    private void NoteUntagged(RepositoryState before, RepositoryState after)
    {
        if (!ReferenceEquals(before.Tags, after.Tags))
        {
            foreach (Digest digest in before.Tags.Values.Except(after.Tags.Values).Where(after.Manifests.ContainsKey))
            {
                Inodes.Touch(BlobPath(digest));
            }
        }
    }

    private void Write(RepositoryState state)
    {
        string folder = _layout.Repository(Name);
        Directory.CreateDirectory(folder);
        string mark = Path.Combine(folder, "oci-layout");
        if (!File.Exists(mark))
        {
            AtomicFile.Write(mark, LayoutMark);
            SyncParents(folder);
        }

        foreach (string algorithm in new[] { "sha256", "sha512" })
        {
            string blobs = _layout.BlobFolder(Name, algorithm);
            if (Directory.Exists(blobs))
            {
                AtomicFile.SyncDirectory(blobs);
            }
        }

        AtomicFile.Write(_layout.IndexFile(Name), OciImageJson.Write(state.ToIndex()));
    }

    private void SyncParents(string folder)
    {
        for (string? parent = Path.GetDirectoryName(folder); parent is not null && parent.Length >= _layout.Repositories.Length; parent = Path.GetDirectoryName(parent))
        {
            AtomicFile.SyncDirectory(parent);
        }
    }

    private sealed record Change(Func<RepositoryState, RepositoryState> Apply)
    {
        public TaskCompletionSource<RepositoryState> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
