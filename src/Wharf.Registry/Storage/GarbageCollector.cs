using Microsoft.Extensions.Logging;
using Wharf.Oci.Images;
using Wharf.Primitives;
using Wharf.Registry.Manifests;
using Wharf.Registry.Metrics;

namespace Wharf.Registry.Storage;

/// <summary>
/// Frees what nothing names any more, while the registry works. A blob goes when no manifest of its repository names it and nobody uploaded, mounted or
/// looked for it within the grace period; the last look happens while no manifest can be entered. The bytes go when no repository has them.
/// </summary>
internal sealed partial class GarbageCollector(RegistryStore store, RegistryMeters meters, ILogger log)
{
    /// <param name="rules">What is garbage.</param>
    /// <param name="ct">Ends between two repositories.</param>
    /// <returns>Files and bytes freed, manifests dropped.</returns>
    public async Task<(long Files, long Bytes, long Manifests)> RunAsync(GarbageRules rules, CancellationToken ct)
    {
        DateTimeOffset now = store.Clock.GetUtcNow(), before = now - rules.Grace;
        long manifests = 0, links = 0;
        foreach (string name in Folders().ToList())
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                if (rules.UnusedAfter is { } unused)
                {
                    manifests += await DropAsync(store.Get(name), (repository, state) => Unused(repository, state, now - unused), ct);
                }

                if (rules.UntaggedAfter is { } untagged)
                {
                    manifests += await DropAsync(store.Get(name), (repository, state) => Untagged(repository, state, now - untagged), ct);
                }

                links += await SweepAsync(name, before, ct);
            }
            catch (Exception e) when (e is WharfException or IOException or RegistryFault)
            {
                // One damaged repository must not keep the others from being swept; its own blobs stay.
                LogRepository(name, e.Message);
            }
        }

        (long files, long bytes) = store.Pool.Sweep(before, ct);
        meters.Collected(files, bytes);
        LogDone(files, bytes, links, manifests);
        return (files, bytes, manifests);
    }

    private async Task<long> SweepAsync(string name, DateTimeOffset before, CancellationToken ct)
    {
        List<string> candidates = [.. Blobs(name).Where(f => IsOld(f, before))];
        if (candidates.Count == 0)
        {
            return 0;
        }

        Repository repository = store.Get(name);
        RepositoryState seen = repository.State;
        HashSet<Digest> named = Named(repository, seen, seen.Manifests.Values);
        candidates.RemoveAll(f => DigestOf(f) is not { } digest || named.Contains(digest));
        (long files, _) = await repository.RemoveBlobsAsync(
            (state, file) => IsOld(file, before) && !NewlyNamed(repository, seen, state).Contains(DigestOf(file)!.Value), candidates, ct);
        return files;
    }

    // What came in since the first look, which is little.
    private static HashSet<Digest> NewlyNamed(Repository repository, RepositoryState seen, RepositoryState now) =>
        ReferenceEquals(seen, now) ? [] : Named(repository, now, now.Manifests.Values.Where(m => !seen.Manifests.ContainsKey(m.Digest)));

    private static async Task<long> DropAsync(Repository repository, Func<Repository, RepositoryState, List<Digest>> choose, CancellationToken ct)
    {
        long dropped = 0;
        if (choose(repository, repository.State).Count == 0)
        {
            return 0;
        }

        await repository.ChangeAsync(
            state =>
            {
                foreach (Digest digest in choose(repository, state))
                {
                    state = state.Without(digest);
                    dropped++;
                }

                return state;
            }, ct);
        return dropped;
    }

    private static List<Digest> Unused(Repository repository, RepositoryState state, DateTimeOffset before) =>
        [.. state.Manifests.Keys.Where(d => IsOld(repository.BlobPath(d), before))];

    private static List<Digest> Untagged(Repository repository, RepositoryState state, DateTimeOffset before)
    {
        var kept = new HashSet<Digest>();
        var waiting = new Stack<Digest>(state.Tags.Values);
        while (waiting.TryPop(out Digest digest))
        {
            if (!state.Manifests.TryGetValue(digest, out ManifestEntry? entry) || !kept.Add(digest))
            {
                continue;
            }

            if (MediaTypes.IsIndex(entry.Descriptor.MediaType))
            {
                foreach (Descriptor child in OciImageJson.ReadIndex(repository.ReadManifest(digest)).Manifests)
                {
                    waiting.Push(child.Digest);
                }
            }

            foreach (Digest referrer in state.Referrers.GetValueOrDefault(digest) ?? [])
            {
                waiting.Push(referrer);
            }
        }

        return [.. state.Manifests.Keys.Where(d => !kept.Contains(d) && IsOld(repository.BlobPath(d), before))];
    }

    private static HashSet<Digest> Named(Repository repository, RepositoryState state, IEnumerable<ManifestEntry> manifests)
    {
        var named = new HashSet<Digest>(state.Manifests.Keys);
        foreach (ManifestEntry manifest in manifests)
        {
            named.UnionWith(ManifestReader.Read(repository.ReadManifest(manifest.Digest), manifest.Descriptor.MediaType).Named);
        }

        return named;
    }

    private static bool IsOld(string file, DateTimeOffset before) =>
        Inodes.Status(file) is { } status && Inodes.Time(status.Modified) < before && Inodes.Time(status.Changed) < before;

    private static Digest? DigestOf(string file) =>
        Digest.TryParse($"{Path.GetFileName(Path.GetDirectoryName(file)!)}:{Path.GetFileName(file)}", out Digest digest) ? digest : null;

    private IEnumerable<string> Blobs(string name)
    {
        string folder = Path.Combine(store.Layout.Repository(name), "blobs");
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories) : [];
    }

    // From the disk: a repository whose first manifest never came has blobs too.
    private IEnumerable<string> Folders() => Directory.EnumerateDirectories(store.Layout.Repositories, StoreLayout.LayoutFolder, SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(store.Layout.Repositories, Path.GetDirectoryName(f)!)).Where(StoreLayout.IsName);

    [LoggerMessage(8101, LogLevel.Information, "garbage collection freed {Files} files of {Bytes} bytes; {Links} blobs left their repositories, {Manifests} manifests were dropped")]
    private partial void LogDone(long files, long bytes, long links, long manifests);

    [LoggerMessage(8102, LogLevel.Warning, "garbage collection left repository {Repository} as it is: {Message}")]
    private partial void LogRepository(string repository, string message);
}
