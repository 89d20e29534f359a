using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Wharf.Registry.Metrics;

namespace Wharf.Registry.Notifications;

/// <summary>
/// Delivers notifications in Docker's envelope, one after the other for each target, again and again until the target takes it or it is too old.
/// The queue holds so many; while it is full the newest is dropped, and counted: a listener that is down must not stop a push.
/// </summary>
internal sealed partial class WebhookQueue : IRegistryEvents, IAsyncDisposable
{
    private const int Capacity = 1000;
    private const string MediaType = "application/vnd.docker.distribution.events.v2+json";
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    private readonly List<(WebhookTarget Target, Channel<(RegistryEvent Event, DateTimeOffset At)> Queue)> _targets;
    private readonly RegistryMeters _meters;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly JsonObject _source;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public WebhookQueue(IReadOnlyList<WebhookTarget> targets, string address, RegistryMeters meters, TimeProvider clock, ILogger log)
    {
        (_meters, _clock, _log) = (meters, clock, log);
        _source = new JsonObject { ["addr"] = $"{Environment.MachineName}{address}", ["instanceID"] = Guid.NewGuid().ToString("D") };
        _targets = [.. targets.Select(t => (t, Channel.CreateBounded<(RegistryEvent, DateTimeOffset)>(new BoundedChannelOptions(Capacity) { SingleReader = true })))];
        _running = Task.WhenAll(_targets.Select(t => Task.Run(() => DeliverAsync(t.Target, t.Queue.Reader))));
    }

    public bool HasListeners => true;

    public void Raise(RegistryEvent happened)
    {
        foreach (var (target, queue) in _targets)
        {
            if (target.IgnoredActions.Contains(happened.Action) || target.IgnoredMediaTypes.Contains(happened.MediaType))
            {
                continue;
            }

            if (!queue.Writer.TryWrite((happened, _clock.GetUtcNow())))
            {
                _meters.WebhookDropped();
            }
        }
    }

    /// <summary>Gives what waits a short time to go out.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var (_, queue) in _targets)
        {
            queue.Writer.Complete();
        }

        _stop.CancelAfter(TimeSpan.FromSeconds(2));
        await _running;
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task DeliverAsync(WebhookTarget target, ChannelReader<(RegistryEvent Event, DateTimeOffset At)> queue)
    {
        int failures = 0;
        try
        {
            await foreach (var (happened, at) in queue.ReadAllAsync(_stop.Token))
            {
                byte[] body = Envelope(happened);
                while (!await TrySendAsync(target, body))
                {
                    _meters.WebhookFailed();
                    failures++;
                    if (_clock.GetUtcNow() - at > MaxAge)
                    {
                        _meters.WebhookDropped();
                        break;
                    }

                    await Task.Delay(failures >= target.Threshold ? target.Backoff : TimeSpan.FromMilliseconds(200 << Math.Min(failures, 4)), _clock, _stop.Token);
                }

                failures = 0;
            }
        }
        catch (OperationCanceledException)
        {
            int left = queue.CanCount ? queue.Count : 0;
            if (left > 0)
            {
                LogLost(target.Address, left);
            }
        }
    }

    private async Task<bool> TrySendAsync(WebhookTarget target, byte[] body)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            limit.CancelAfter(target.Timeout);
            using var request = new HttpRequestMessage(HttpMethod.Post, target.Address) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaType);
            foreach ((string name, string value) in target.Headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (response.IsSuccessStatusCode)
            {
                _meters.WebhookSent();
                return true;
            }

            LogFailed(target.Address, $"it answered {(int)response.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !_stop.IsCancellationRequested))
        {
            LogFailed(target.Address, e is HttpRequestException ? e.Message : "it does not answer");
        }

        return false;
    }

    private byte[] Envelope(RegistryEvent happened)
    {
        var body = (JsonObject)happened.Body.DeepClone();
        body["source"] = _source.DeepClone();
        return Encoding.UTF8.GetBytes(new JsonObject { ["events"] = new JsonArray(body) }.ToJsonString());
    }

    [LoggerMessage(8301, LogLevel.Warning, "notification to {Address} failed: {Message}")]
    private partial void LogFailed(Uri address, string message);

    [LoggerMessage(8302, LogLevel.Warning, "{Count} notifications to {Address} were not delivered before the end")]
    private partial void LogLost(Uri address, int count);
}
