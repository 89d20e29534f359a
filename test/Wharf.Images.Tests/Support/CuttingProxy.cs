using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Wharf.Images.Tests.Support;

/// <summary>Stands between a client and a registry and cuts the connection in the midst of a request or of its answer, with a reset as a dying network does.</summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;

    public CuttingProxy(int target)
    {
        _target = target;
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    public string Host => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>From the first line of a request to what becomes of it.</summary>
    public Func<string, Cut> Decide { get; set; } = _ => Cut.None;

    public void Dispose() => _listener.Stop();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync();
                _ = Task.Run(() => RelayAsync(client));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var owned = client;
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target);
            var state = new Line();
            await Task.WhenAny(UpAsync(client, server, state), DownAsync(client, server, state));
        }
        catch (SocketException)
        {
            // The registry is gone, and so is the connection.
        }

        client.LingerState = new LingerOption(true, 0);
    }

    private async Task UpAsync(TcpClient client, TcpClient server, Line state)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int count;
            while ((count = await client.GetStream().ReadAsync(buffer)) > 0)
            {
                string text = Encoding.Latin1.GetString(buffer, 0, Math.Min(count, 2000));
                if (text.IndexOf(" HTTP/1.1\r\n", StringComparison.Ordinal) is > 0 and var end)
                {
                    state.Cut = Decide(text[..end]);
                }

                if (state.Cut == Cut.Request)
                {
                    return;
                }

                await server.GetStream().WriteAsync(buffer.AsMemory(0, count));
            }
        }
        catch (IOException)
        {
            // Cut from the other side.
        }
    }

    private static async Task DownAsync(TcpClient client, TcpClient server, Line state)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int count;
            while ((count = await server.GetStream().ReadAsync(buffer)) > 0)
            {
                if (state.Cut == Cut.Answer)
                {
                    // What goes out before a reset may be lost with it: the client has to have read the first half.
                    await client.GetStream().WriteAsync(buffer.AsMemory(0, PartOf(buffer.AsSpan(0, count))));
                    await Task.Delay(200);
                    return;
                }

                await client.GetStream().WriteAsync(buffer.AsMemory(0, count));
            }
        }
        catch (IOException)
        {
            // Cut from the other side.
        }
    }

    // The head and a little of the body, where there is one.
    private static int PartOf(ReadOnlySpan<byte> answer) => answer.IndexOf("\r\n\r\n"u8) is >= 0 and var end && end + 14 < answer.Length ? end + 14 : answer.Length / 2;

    private sealed class Line
    {
        public volatile Cut Cut;
    }
}

internal enum Cut
{
    None,
    Request,
    Answer,
}
