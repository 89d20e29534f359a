using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Wharf.Client.Http;
using Wharf.Client.Transports;
using Wharf.Primitives;

namespace Wharf.Client;

/// <summary>
/// Client of the Engine API. Requests share kept-alive connections; any number may run at once. The API version is agreed with the
/// first answer: an engine that is older says so in its error, and the request is sent again in its version.
/// </summary>
public sealed partial class EngineClient : IDisposable
{
    private const string TooNew = "Maximum supported API version is ";

    private readonly EngineClientOptions _options;
    private readonly Connector _connector;
    private readonly Lock _lock = new();
    private readonly Stack<HttpConnection> _idle = new();
    private bool _disposed;
    private bool _agreed;

    public EngineClient(EngineClientOptions options)
    {
        _options = options;
        _connector = new Connector(options.Endpoint, options.Blocking);
        if (options.ApiVersion is { Length: > 0 } fixedVersion)
        {
            Version = ApiVersion.TryParse(fixedVersion.TrimStart('v'), out ApiVersion version)
                ? version
                : throw WharfException.Invalid($"invalid API version \"{fixedVersion}\"");
            _agreed = true;
        }
    }

    public Endpoint Endpoint => _options.Endpoint;

    /// <summary>The version in use: the newest until the engine has answered.</summary>
    public ApiVersion Version { get; private set; } = ApiVersion.Newest;

    /// <summary>Asks the engine for its version when no answer has told it yet.</summary>
    public async ValueTask AgreeAsync(CancellationToken ct)
    {
        if (!_agreed)
        {
            using EngineReply reply = await PingAsync(ct);
            await reply.ReadAllAsync(ct);
        }
    }

    /// <summary><c>HEAD /_ping</c>: versions and capabilities are in the headers.</summary>
    public async ValueTask<EngineReply> PingAsync(CancellationToken ct)
    {
        EngineReply reply = await ExchangeAsync("HEAD", "/_ping", [], null, ct);
        if (!_agreed && reply.Head["Api-Version"] is { } header)
        {
            AgreeOn(ApiVersion.TryParse(header, out ApiVersion version) ? version : ApiVersion.Oldest);
        }

        return reply;
    }

    /// <summary>Sends a request and returns the answer when its status is below 400.</summary>
    /// <param name="method">HTTP method.</param>
    /// <param name="path">Path and query below the version prefix.</param>
    /// <param name="body">What to send, or null.</param>
    /// <param name="ct">Stops waiting and closes the connection.</param>
    /// <param name="headers">Further headers.</param>
    /// <exception cref="WharfException">The engine's error, "Error response from daemon: …", or that it cannot be reached.</exception>
    public async ValueTask<EngineReply> SendAsync(string method, string path, RequestBody? body, CancellationToken ct,
        params IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        // a stream cannot be sent twice, and the refusal of a HEAD has no body that names the version
        if (!_agreed && (method == "HEAD" || body is { IsReplayable: false }))
        {
            await AgreeAsync(ct);
        }

        EngineReply reply = await ExchangeAsync(method, Target(path), headers, body, ct);
        if (reply.Status < 400)
        {
            _agreed = true;
            return reply;
        }

        (ErrorKind kind, string message) = await ReadErrorAsync(reply, method, ct);
        if (!_agreed && TryDowngrade(message))
        {
            return await SendAsync(method, path, body, ct, headers);
        }

        // A route that the engine does not have says nothing of its version: it was not looked at.
        _agreed |= reply.Status != 404;
        throw new WharfException(kind, message);
    }

    public async ValueTask<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken ct)
    {
        using EngineReply reply = await SendAsync("GET", path, null, ct);
        return await reply.ReadAsync(type, ct);
    }

    /// <summary>The answer's bytes, for what is shown as the engine wrote it.</summary>
    public async ValueTask<byte[]> GetBytesAsync(string path, CancellationToken ct)
    {
        using EngineReply reply = await SendAsync("GET", path, null, ct);
        return await reply.ReadAllAsync(ct);
    }

    public async ValueTask<T> PostAsync<T>(string path, RequestBody? body, JsonTypeInfo<T> type, CancellationToken ct)
    {
        using EngineReply reply = await SendAsync("POST", path, body, ct);
        return await reply.ReadAsync(type, ct);
    }

    /// <summary>Sends a request whose answer has nothing to tell.</summary>
    public async ValueTask<int> CallAsync(string method, string path, RequestBody? body, CancellationToken ct)
    {
        using EngineReply reply = await SendAsync(method, path, body, ct);
        await reply.ReadAllAsync(ct);
        return reply.Status;
    }

    /// <summary>Sends a request that turns the connection into a byte stream.</summary>
    public async ValueTask<HijackedStream> HijackAsync(string path, RequestBody? body, CancellationToken ct, string protocol = "tcp")
    {
        await AgreeAsync(ct);
        HttpConnection connection = new(await _connector.ConnectAsync(ct));
        try
        {
            List<KeyValuePair<string, string>> headers = BaseHeaders();
            headers.Add(new("Connection", "Upgrade"));
            headers.Add(new("Upgrade", protocol));
            headers.Add(new("Content-Type", body?.ContentType ?? "text/plain"));
            headers.Add(new("Content-Length", (body?.Bytes.Length ?? 0).ToString(System.Globalization.CultureInfo.InvariantCulture)));
            await connection.SendHeadAsync("POST", Target(path), headers, body?.Bytes ?? default, ct);
            ResponseHead head = await connection.ReadHeadAsync(ct);
            if (head.Status is 101 or 200)
            {
                return new HijackedStream(connection, head);
            }

            connection.IsReusable = false;
            (ErrorKind kind, string message) = await ReadErrorAsync(Reply(connection, head, "POST"), "POST", ct);
            throw new WharfException(kind, message);
        }
        catch (Exception e) when (e is IOException or WharfException)
        {
            connection.Dispose();
            if (e is IOException)
            {
                throw WharfException.Unavailable($"error during connect: {e.Message}", e);
            }

            throw;
        }
    }

    /// <summary>A bare connection, for a program that speaks the protocol itself.</summary>
    public async ValueTask<HijackedStream> DialRawAsync(CancellationToken ct) =>
        new(new HttpConnection(await _connector.ConnectAsync(ct)), ResponseHead.None);

    private async ValueTask<EngineReply> ExchangeAsync(string method, string target, IReadOnlyList<KeyValuePair<string, string>> extra, RequestBody? body, CancellationToken ct)
    {
        List<KeyValuePair<string, string>> headers = BaseHeaders();
        headers.AddRange(extra);
        if (body is not null)
        {
            headers.Add(new("Content-Type", body.ContentType));
            headers.Add(body.IsReplayable
                ? new("Content-Length", body.Bytes.Length.ToString(System.Globalization.CultureInfo.InvariantCulture))
                : new("Transfer-Encoding", "chunked"));
        }
        else if (method == "POST")
        {
            headers.Add(new("Content-Length", "0"));
        }

        while (true)
        {
            HttpConnection connection = Rent() ?? new HttpConnection(await _connector.ConnectAsync(ct)) { IsReusable = true };
            bool wasIdle = connection.IsIdleReuse;
            try
            {
                return await ExchangeOnAsync(connection, method, target, headers, body, ct);
            }
            catch (IOException) when (wasIdle && connection.IsFresh && body is null or { IsReplayable: true })
            {
                // the engine closed a kept-alive connection at the moment we used it: the request was never seen
                connection.Dispose();
            }
            catch (IOException e)
            {
                connection.Dispose();
                ct.ThrowIfCancellationRequested();
                throw WharfException.Unavailable($"error during connect: {method} {target}: {e.Message}", e);
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }
    }

    private async ValueTask<EngineReply> ExchangeOnAsync(HttpConnection connection, string method, string target,
        List<KeyValuePair<string, string>> headers, RequestBody? body, CancellationToken ct)
    {
        await connection.SendHeadAsync(method, target, headers, body?.Bytes ?? default, ct);
        if (body is { Stream: { } stream })
        {
            try
            {
                await connection.SendChunkedAsync(stream, ct);
            }
            catch (IOException)
            {
                // an engine that refuses a body answers before it has read it all: the answer says why
                connection.IsReusable = false;
            }
        }

        return Reply(connection, await connection.ReadHeadAsync(ct), method);
    }

    private EngineReply Reply(HttpConnection connection, ResponseHead head, string method)
    {
        if ("close".Equals(head["Connection"], StringComparison.OrdinalIgnoreCase))
        {
            connection.IsReusable = false;
        }

        long length = method == "HEAD" || head.Status is 204 or 304 ? 0
            : "chunked".Equals(head["Transfer-Encoding"], StringComparison.OrdinalIgnoreCase) ? -1
            : long.TryParse(head["Content-Length"], out long given) ? given
            : -2;
        return new EngineReply(head, new BodyStream(connection, length, Return));
    }

    // Joined, not interpolated: the first interpolation of a program makes its pools of buffers, and measures the processors for them.
    private string Target(string path) => string.Concat("/v", Version.ToString(), path);

    private List<KeyValuePair<string, string>> BaseHeaders()
    {
        List<KeyValuePair<string, string>> headers = [new("Host", Endpoint.HostHeader), new("User-Agent", _options.UserAgent)];
        headers.AddRange(_options.Headers.Where(h => !h.Key.Equals("User-Agent", StringComparison.OrdinalIgnoreCase)));
        return headers;
    }

    private static async ValueTask<(ErrorKind Kind, string Message)> ReadErrorAsync(EngineReply reply, string method, CancellationToken ct)
    {
        byte[] bytes = await reply.ReadAllAsync(ct);
        string text = Encoding.UTF8.GetString(bytes).Trim();
        string message = text;
        if (text.StartsWith('{'))
        {
            try
            {
                using JsonDocument json = JsonDocument.Parse(bytes);
                message = json.RootElement.TryGetProperty("message", out JsonElement found) ? found.GetString() ?? text : text;
            }
            catch (JsonException)
            {
                // not the engine's JSON: shown as it came
                message = text;
            }
        }

        return (KindOf(reply.Status), message.Length > 0
            ? "Error response from daemon: " + message.Trim()
            : $"request returned {reply.Status} for API route and version {method}, check if the server supports the requested API version");
    }

    private static ErrorKind KindOf(int status) => status switch
    {
        400 => ErrorKind.InvalidArgument,
        401 => ErrorKind.Unauthorized,
        403 => ErrorKind.Forbidden,
        404 => ErrorKind.NotFound,
        409 => ErrorKind.Conflict,
        501 => ErrorKind.NotImplemented,
        503 => ErrorKind.Unavailable,
        _ => ErrorKind.Internal,
    };

    private bool TryDowngrade(string message)
    {
        int at = message.IndexOf(TooNew, StringComparison.Ordinal);
        if (at < 0 || !ApiVersion.TryParse(message[(at + TooNew.Length)..].TrimEnd('.', ' '), out ApiVersion version))
        {
            return false;
        }

        AgreeOn(version);
        return true;
    }

    private void AgreeOn(ApiVersion engine)
    {
        Version = engine < ApiVersion.Newest ? engine : ApiVersion.Newest;
        _agreed = true;
    }

    private HttpConnection? Rent()
    {
        lock (_lock)
        {
            if (!_idle.TryPop(out HttpConnection? connection))
            {
                return null;
            }

            connection.IsIdleReuse = true;
            return connection;
        }
    }

    private void Return(HttpConnection connection)
    {
        lock (_lock)
        {
            if (connection.IsReusable && !_disposed)
            {
                _idle.Push(connection);
                return;
            }
        }

        connection.Dispose();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            while (_idle.TryPop(out HttpConnection? connection))
            {
                connection.Dispose();
            }
        }
    }
}
