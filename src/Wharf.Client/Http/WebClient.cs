using System.Globalization;
using Wharf.Client.Transports;
using Wharf.Primitives;

namespace Wharf.Client.Http;

/// <summary>
/// Small requests to a web server that is no engine (a registry, its token server), over the same connections as the engine's. One connection is kept
/// for the next request; bodies are taken whole.
/// </summary>
/// <param name="endpoint">Where, with or without TLS.</param>
/// <param name="blocking">As in <see cref="EngineClientOptions"/>.</param>
/// <param name="userAgent">Who asks.</param>
public sealed class WebClient(Endpoint endpoint, bool blocking, string userAgent) : IDisposable
{
    private const int MaxBody = 8 << 20;

    private readonly Connector _connector = new(endpoint, blocking);
    private HttpConnection? _idle;

    /// <exception cref="WharfException">Unavailable: there is no connection, or it breaks; DataLoss: the answer is none, or too large.</exception>
    public async ValueTask<(ResponseHead Head, byte[] Body)> SendAsync(string method, string target, RequestBody? body, CancellationToken ct,
        params IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        List<KeyValuePair<string, string>> all = [new("Host", endpoint.HostHeader), new("User-Agent", userAgent), .. headers];
        if (body is not null)
        {
            all.Add(new("Content-Type", body.ContentType));
        }

        if (method is "POST" or "PUT")
        {
            all.Add(new("Content-Length", (body?.Bytes.Length ?? 0).ToString(CultureInfo.InvariantCulture)));
        }

        while (true)
        {
            HttpConnection? kept = Interlocked.Exchange(ref _idle, null);
            HttpConnection connection = kept ?? new HttpConnection(await _connector.ConnectAsync(ct)) { IsReusable = true };
            try
            {
                return await ExchangeAsync(connection, method, target, all, body, ct);
            }
            catch (IOException) when (kept is not null && connection.IsFresh)
            {
                // closed while nobody used it: the request was never seen
                connection.Dispose();
            }
            catch (IOException e)
            {
                connection.Dispose();
                throw WharfException.Unavailable($"{method} {target}: {e.Message}", e);
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }
    }

    public void Dispose() => Interlocked.Exchange(ref _idle, null)?.Dispose();

    private async ValueTask<(ResponseHead Head, byte[] Body)> ExchangeAsync(HttpConnection connection, string method, string target,
        List<KeyValuePair<string, string>> headers, RequestBody? body, CancellationToken ct)
    {
        await connection.SendHeadAsync(method, target, headers, body?.Bytes ?? default, ct);
        ResponseHead head = await connection.ReadHeadAsync(ct);
        if ("close".Equals(head["Connection"], StringComparison.OrdinalIgnoreCase))
        {
            connection.IsReusable = false;
        }

        long length = method == "HEAD" || head.Status is 204 or 304 ? 0
            : "chunked".Equals(head["Transfer-Encoding"], StringComparison.OrdinalIgnoreCase) ? -1
            : long.TryParse(head["Content-Length"], NumberStyles.None, CultureInfo.InvariantCulture, out long given) ? given
            : -2;
        using var stream = new BodyStream(connection, length, Keep);
        using var content = new MemoryStream();
        byte[] buffer = new byte[16 << 10];
        int count;
        while ((count = await stream.ReadAsync(buffer, ct)) > 0)
        {
            content.Write(buffer, 0, count);
            if (content.Length > MaxBody)
            {
                throw WharfException.DataLoss($"the answer to {method} {target} is larger than {MaxBody} bytes");
            }
        }

        return (head, content.ToArray());
    }

    private void Keep(HttpConnection connection)
    {
        if (!connection.IsReusable || Interlocked.CompareExchange(ref _idle, connection, null) is not null)
        {
            connection.Dispose();
        }
    }
}
