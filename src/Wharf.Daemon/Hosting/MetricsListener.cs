using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Wharf.Daemon.Hosting;

/// <summary>
/// Answers <c>GET /metrics</c> in clear text, and nothing else. Apart from the API: who may scrape need not be somebody who may command the engine.
/// </summary>
internal sealed partial class MetricsListener : IDisposable
{
    private const int LargestHead = 8 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TcpListener _listener;
    private readonly Func<string> _page;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();

    private MetricsListener(TcpListener listener, Func<string> page, ILogger log)
    {
        _listener = listener;
        _page = page;
        _log = log;
    }

    /// <exception cref="SocketException">The address is taken or not of this machine.</exception>
    public static MetricsListener Start(IPEndPoint address, Func<string> page, ILogger log)
    {
        var listener = new TcpListener(address);
        listener.Start();
        var metrics = new MetricsListener(listener, page, log);
        _ = Task.Run(metrics.AcceptAsync);
        return metrics;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = Task.Run(() => AnswerAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException || _stop.IsCancellationRequested)
        {
            // the daemon ends
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using TcpClient owned = client;
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            NetworkStream stream = client.GetStream();
            string request = await HeadAsync(stream, limit.Token);
            bool known = request.StartsWith("GET /metrics ", StringComparison.Ordinal) || request.StartsWith("GET /metrics?", StringComparison.Ordinal);
            byte[] body = Encoding.UTF8.GetBytes(known ? _page() : "404 page not found\n");
            string head = $"HTTP/1.1 {(known ? "200 OK" : "404 Not Found")}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), limit.Token);
            await stream.WriteAsync(body, limit.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            LogUnanswered(_log, e.Message);
        }
    }

    private static async Task<string> HeadAsync(NetworkStream stream, CancellationToken ct)
    {
        byte[] buffer = new byte[LargestHead];
        int length = 0;
        while (length < buffer.Length && !buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            int count = await stream.ReadAsync(buffer.AsMemory(length), ct);
            if (count == 0)
            {
                break;
            }

            length += count;
        }

        return Encoding.ASCII.GetString(buffer, 0, length);
    }

    [LoggerMessage(7301, LogLevel.Debug, "A scrape of the metrics was not answered: {Message}")]
    private static partial void LogUnanswered(ILogger log, string message);
}
