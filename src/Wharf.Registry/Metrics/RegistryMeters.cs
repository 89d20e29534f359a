using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Wharf.Registry.Metrics;

/// <summary>What the registry counts, and its page for Prometheus (text exposition format 0.0.4).</summary>
internal sealed class RegistryMeters(TimeProvider clock)
{
    private static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private readonly ConcurrentDictionary<(string Method, string Kind, int Status), long> _requests = new();
    private readonly ConcurrentDictionary<string, long> _events = new();
    private readonly long[] _durations = new long[Bounds.Length + 1];
    private readonly DateTimeOffset _started = clock.GetUtcNow();
    private long _durationTicks, _received, _served, _hits, _misses, _collectedFiles, _collectedBytes, _collections, _inFlight, _webhooksSent, _webhooksFailed, _webhooksDropped;

    public void Begin() => Interlocked.Increment(ref _inFlight);

    public void End(string method, string kind, int status, TimeSpan took)
    {
        Interlocked.Decrement(ref _inFlight);
        _requests.AddOrUpdate((method, kind, status), 1, (_, n) => n + 1);
        int bucket = Array.FindIndex(Bounds, b => took.TotalSeconds <= b);
        Interlocked.Increment(ref _durations[bucket < 0 ? Bounds.Length : bucket]);
        Interlocked.Add(ref _durationTicks, took.Ticks);
    }

    public void Happened(string action) => _events.AddOrUpdate(action, 1, (_, n) => n + 1);

    public void Received(long bytes) => Interlocked.Add(ref _received, bytes);

    public void Served(long bytes) => Interlocked.Add(ref _served, bytes);

    public void CacheHit(bool isCache) => Interlocked.Add(ref _hits, isCache ? 1 : 0);

    public void CacheMiss() => Interlocked.Increment(ref _misses);

    public void Collected(long files, long bytes)
    {
        Interlocked.Increment(ref _collections);
        Interlocked.Add(ref _collectedFiles, files);
        Interlocked.Add(ref _collectedBytes, bytes);
    }

    public void WebhookSent() => Interlocked.Increment(ref _webhooksSent);

    public void WebhookFailed() => Interlocked.Increment(ref _webhooksFailed);

    public void WebhookDropped() => Interlocked.Increment(ref _webhooksDropped);

    /// <param name="repositories">Repositories there are.</param>
    /// <param name="uploads">Uploads in progress.</param>
    /// <param name="freeBytes">Room on the store's file system.</param>
    public string Render(int repositories, int uploads, long freeBytes)
    {
        var page = new StringBuilder();
        void Head(string name, string type, string help) => page.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        void One(string name, string type, string help, double value)
        {
            Head(name, type, help);
            page.Append(name).Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        }

        Head("registry_http_requests_total", "counter", "Requests by method, kind of address and status.");
        foreach (((string method, string kind, int status), long count) in _requests.OrderBy(r => r.Key))
        {
            page.Append($"registry_http_requests_total{{method=\"{method}\",handler=\"{kind}\",code=\"{status}\"}} {count}\n");
        }

        Head("registry_http_request_duration_seconds", "histogram", "How long requests took.");
        long sum = 0;
        for (int i = 0; i < _durations.Length; i++)
        {
            sum += Volatile.Read(ref _durations[i]);
            string bound = i < Bounds.Length ? Bounds[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
            page.Append($"registry_http_request_duration_seconds_bucket{{le=\"{bound}\"}} {sum}\n");
        }

        page.Append(CultureInfo.InvariantCulture, $"registry_http_request_duration_seconds_sum {TimeSpan.FromTicks(_durationTicks).TotalSeconds:R}\n")
            .Append($"registry_http_request_duration_seconds_count {sum}\n");
        One("registry_http_in_flight_requests", "gauge", "Requests being served.", _inFlight);
        Head("registry_actions_total", "counter", "Pulls, pushes, mounts and deletions of manifests and blobs.");
        foreach ((string action, long count) in _events.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            page.Append($"registry_actions_total{{action=\"{action}\"}} {count}\n");
        }

        One("registry_received_bytes_total", "counter", "Bytes of blobs received.", _received);
        One("registry_sent_bytes_total", "counter", "Bytes of blobs and manifests sent.", _served);
        One("registry_proxy_hits_total", "counter", "Blobs that the cache had.", _hits);
        One("registry_proxy_misses_total", "counter", "Blobs that the cache had to fetch.", _misses);
        One("registry_webhooks_sent_total", "counter", "Notifications delivered.", _webhooksSent);
        One("registry_webhooks_failed_total", "counter", "Attempts to deliver a notification that failed.", _webhooksFailed);
        One("registry_webhooks_dropped_total", "counter", "Notifications given up.", _webhooksDropped);
        One("registry_gc_runs_total", "counter", "Garbage collections.", _collections);
        One("registry_gc_files_total", "counter", "Files that garbage collection removed.", _collectedFiles);
        One("registry_gc_bytes_total", "counter", "Bytes that garbage collection freed.", _collectedBytes);
        One("registry_repositories", "gauge", "Repositories known.", repositories);
        One("registry_uploads", "gauge", "Uploads in progress.", uploads);
        One("registry_storage_free_bytes", "gauge", "Room on the file system of the store.", freeBytes);
        One("process_start_time_seconds", "gauge", "When the registry started, in seconds since 1970.", _started.ToUnixTimeSeconds());
        One("process_resident_memory_bytes", "gauge", "Memory in use.", Environment.WorkingSet);
        return page.ToString();
    }
}
