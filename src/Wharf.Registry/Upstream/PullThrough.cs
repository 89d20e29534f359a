using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Wharf.Oci.Images;
using Wharf.Primitives;
using Wharf.Registry.Endpoints;
using Wharf.Registry.Http;
using Wharf.Registry.Manifests;
using Wharf.Registry.Metrics;
using Wharf.Registry.Storage;

namespace Wharf.Registry.Upstream;

/// <summary>
/// A cache of another registry. Tags are looked up there each time, with one HEAD; content is fetched once, whoever asks and however many at a time.
/// While the upstream does not answer, what the cache has is served.
/// </summary>
internal sealed partial class PullThrough(RegistryStore store, UpstreamClient client, TimeSpan freshness, RegistryMeters meters, ILogger log) : IAsyncDisposable
{
    private static readonly string[] Accepted = [MediaTypes.OciIndex, MediaTypes.OciManifest, MediaTypes.DockerList, MediaTypes.DockerManifest];

    private readonly ConcurrentDictionary<string, Lazy<Task<ManifestEntry>>> _manifests = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string, Digest), BlobFetch> _blobs = new();
    private readonly ConcurrentDictionary<(string, string), DateTimeOffset> _checked = new();
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly CancellationTokenSource _stop = new();

    public async Task<(Repository Repository, ManifestEntry Entry)> ManifestAsync(string name, string reference, CancellationToken ct)
    {
        bool isDigest = reference.Contains(':', StringComparison.Ordinal);
        Digest digest = isDigest ? RegistryCall.DigestOf(reference) : default;
        if (!isDigest && !ImageReference.IsTag(reference))
        {
            throw RegistryFault.TagInvalid(reference);
        }

        ManifestEntry? cached = Cached(name, isDigest, digest, reference);
        if (cached is not null)
        {
            store.KeepFresh(name, cached.Digest);
        }

        if (cached is not null && (isDigest || IsFresh(name, reference)))
        {
            return (store.Get(name), cached);
        }

        // Everybody who asks for the same thing now gets the answer to one question.
        string key = $"{name}\n{reference}";
        Lazy<Task<ManifestEntry>> fetch = _manifests.GetOrAdd(key, _ => new Lazy<Task<ManifestEntry>>(() => Task.Run(() => FetchManifestAsync(name, reference, cached, _stop.Token))));
        try
        {
            ManifestEntry fetched = await fetch.Value.WaitAsync(ct);
            return (store.Get(name), fetched);
        }
        catch (HttpRequestException e)
        {
            LogGone(name, reference, e.Message);
            return cached is not null ? (store.Get(name), cached) : throw RegistryFault.Unavailable($"the upstream registry does not answer: {e.Message}");
        }
        finally
        {
            if (fetch.Value.IsCompleted)
            {
                _manifests.TryRemove(new(key, fetch));
            }
        }
    }

    /// <summary>Sends a blob that the store does not have, while it arrives.</summary>
    public async Task SendBlobAsync(RegistryCall call, Digest digest)
    {
        if (call.IsHead)
        {
            await HeadBlobAsync(call, digest);
            return;
        }

        meters.CacheMiss();
        BlobFetch fetch;
        lock (_running)
        {
            fetch = _blobs.GetOrAdd((call.Repository, digest), key => Start(key.Item1, key.Item2));
        }

        long size;
        try
        {
            size = await fetch.Size.WaitAsync(call.Ct);
        }
        catch (HttpRequestException e)
        {
            throw RegistryFault.Unavailable($"the upstream registry does not answer: {e.Message}");
        }

        FileStream? file = TryOpen(fetch.File) ?? TryOpen(store.Layout.BlobFile(call.Repository, digest));
        if (file is null)
        {
            throw RegistryFault.Unavailable("the blob was fetched and is gone again; ask once more");
        }

        await using (file)
        {
            BlobEndpoints.Describe(call, digest);
            ByteRange part = call.Request.Headers.Range.ToString() is { Length: > 0 } wanted && ByteRange.Parse(wanted, size) is { } range ? range : new ByteRange(0, size - 1);
            if (part.Length != size)
            {
                call.Response.StatusCode = 206;
                call.Response.Headers.ContentRange = $"bytes {part.First}-{part.Last}/{size}";
            }

            call.Response.ContentType = "application/octet-stream";
            call.Response.ContentLength = part.Length;
            byte[] buffer = new byte[128 * 1024];
            for (long offset = part.First; offset <= part.Last;)
            {
                long readable = await fetch.WaitAsync(offset, call.Ct);
                int count = await RandomAccess.ReadAsync(file.SafeFileHandle, buffer.AsMemory(0, (int)Math.Min(buffer.Length, Math.Min(readable, part.Last + 1) - offset)), offset, call.Ct);
                await call.Response.Body.WriteAsync(buffer.AsMemory(0, count), call.Ct);
                offset += count;
            }

            meters.Served(part.Length);
        }
    }

    /// <returns>The upstream's tags; null when it does not say.</returns>
    public async Task<IEnumerable<string>?> TagsAsync(string name, CancellationToken ct)
    {
        byte[]? json = await TryGetAsync(name, "tags/list?n=10000", ct);
        try
        {
            return json is null ? null : JsonSerializer.Deserialize(json, OciImageJson.TagList)?.Tags?.Order(StringComparer.Ordinal);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <returns>The upstream's list, as it came; null when it does not say.</returns>
    public Task<byte[]?> ReferrersAsync(string name, Digest subject, string query, CancellationToken ct) => TryGetAsync(name, $"referrers/{subject}{query}", ct);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running.Keys);
        client.Dispose();
        _stop.Dispose();
    }

    private ManifestEntry? Cached(string name, bool isDigest, Digest digest, string tag)
    {
        RepositoryState? state = store.Find(name)?.State;
        return state is null ? null : state.Manifests.GetValueOrDefault(isDigest ? digest : state.Tags.GetValueOrDefault(tag));
    }

    private bool IsFresh(string name, string tag) =>
        _checked.TryGetValue((name, tag), out DateTimeOffset at) && store.Clock.GetUtcNow() - at < freshness;

    private async Task<ManifestEntry> FetchManifestAsync(string name, string reference, ManifestEntry? cached, CancellationToken ct)
    {
        if (cached is not null)
        {
            using HttpResponseMessage head = await client.SendAsync(HttpMethod.Head, name, $"manifests/{reference}", Accept, ct);
            ThrowUnlessFine(head.StatusCode, reference);
            if (head.Headers.TryGetValues("Docker-Content-Digest", out IEnumerable<string>? values) && values.FirstOrDefault() == cached.Digest.ToString())
            {
                Checked(name, reference);
                return cached;
            }
        }

        using HttpResponseMessage response = await client.SendAsync(HttpMethod.Get, name, $"manifests/{reference}", Accept, ct);
        ThrowUnlessFine(response.StatusCode, reference);
        byte[] content = await UpstreamClient.ReadAsync(response, ct);
        Digest digest = Digest.Sha256(content);
        if (Digest.TryParse(reference, out Digest wanted) && wanted != digest)
        {
            throw RegistryFault.Unavailable($"the upstream registry sent {digest} for {wanted}");
        }

        ManifestFacts facts = ManifestReader.Read(content, response.Content.Headers.ContentType?.MediaType);
        var entry = new ManifestEntry(
            new Descriptor { MediaType = facts.MediaType, Digest = digest, Size = content.Length, ArtifactType = facts.Subject.IsEmpty ? null : facts.ArtifactType }, facts.Subject);
        await store.PutManifestAsync(store.Get(name), entry, content, wanted.IsEmpty ? [reference] : [], [], _ => { }, ct);
        Checked(name, reference);
        return entry;
    }

    private void Checked(string name, string reference)
    {
        if (freshness > TimeSpan.Zero)
        {
            _checked[(name, reference)] = store.Clock.GetUtcNow();
        }
    }

    private static void ThrowUnlessFine(HttpStatusCode status, string reference)
    {
        if (UpstreamAnswers.IsGone(status))
        {
            throw new HttpRequestException($"it answers {(int)status}");
        }

        if ((int)status is < 200 or > 299)
        {
            throw UpstreamAnswers.Of(status, RegistryFault.ManifestUnknown(reference));
        }
    }

    private static void Accept(HttpRequestMessage request)
    {
        foreach (string type in Accepted)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        }
    }

    private async Task HeadBlobAsync(RegistryCall call, Digest digest)
    {
        try
        {
            using HttpResponseMessage head = await client.SendAsync(HttpMethod.Head, call.Repository, $"blobs/{digest}", null, call.Ct);
            if (!head.IsSuccessStatusCode)
            {
                throw UpstreamAnswers.Of(head.StatusCode, RegistryFault.BlobUnknown(digest));
            }

            BlobEndpoints.Describe(call, digest);
            call.Response.ContentType = "application/octet-stream";
            call.Response.ContentLength = head.Content.Headers.ContentLength;
        }
        catch (HttpRequestException e)
        {
            throw RegistryFault.Unavailable($"the upstream registry does not answer: {e.Message}");
        }
    }

    private BlobFetch Start(string name, Digest digest)
    {
        var fetch = new BlobFetch(store, client, name, digest);
        Task run = Task.Run(async () =>
        {
            try
            {
                await fetch.RunAsync(_stop.Token);
            }
            catch (Exception e)
            {
                // The readers have it too; here it is for the operator.
                LogFetch(name, digest, e.Message);
            }
            finally
            {
                _blobs.TryRemove(new((name, digest), fetch));
            }
        });
        _running[run] = true;
        _ = run.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
        return fetch;
    }

    private async Task<byte[]?> TryGetAsync(string name, string path, CancellationToken ct)
    {
        try
        {
            using HttpResponseMessage response = await client.SendAsync(HttpMethod.Get, name, path, null, ct);
            return response.IsSuccessStatusCode ? await UpstreamClient.ReadAsync(response, ct) : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            LogGone(name, path, e.Message);
            return null;
        }
    }

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });
        }
        catch (IOException e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    [LoggerMessage(8201, LogLevel.Warning, "upstream does not answer for {Repository} {Reference}: {Message}")]
    private partial void LogGone(string repository, string reference, string message);

    [LoggerMessage(8202, LogLevel.Warning, "fetching {Digest} of {Repository} from upstream failed: {Message}")]
    private partial void LogFetch(string repository, Digest digest, string message);
}
