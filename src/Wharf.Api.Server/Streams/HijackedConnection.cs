using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Wharf.Api.Server.Listening;
using Wharf.Connections.Tls;

namespace Wharf.Api.Server.Streams;

/// <summary>
/// A connection taken out of HTTP's hands: what the client sends after its request comes from <see cref="Input"/>, what is written to <see cref="Output"/> reaches
/// it as it is. Kestrel's own upgrade refuses requests that carry a body (every exec), so the head is written here, past Kestrel. Disposing
/// sends the end of the output, waits a moment for the client to hang up, and ends the connection.
/// </summary>
public sealed class HijackedConnection : IAsyncDisposable
{
    // How long a client may take to read the end of the output and hang up, before the connection is reset under it.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    private readonly HttpContext http;
    private readonly IDuplexPipe transport;

    private readonly Socket? socket;

    // Null without TLS; with it, the end of output is first said inside the encryption.
    private readonly TlsEnd? encryption;
    private readonly CancellationTokenSource gone = new();
    private readonly CancellationTokenRegistration endOfSending;

    private HijackedConnection(HttpContext http, IDuplexPipe transport)
    {
        this.http = http;
        this.transport = transport;
        socket = http.Features.Get<IConnectionSocketFeature>()?.Socket;
        encryption = http.Features.Get<TlsEnd>();
        ClientPresence? presence = http.Features.Get<ClientPresence>();
        endOfSending = presence?.EndOfSending.Register(() => _ = WatchAsync()) ?? default;
    }

    public PipeReader Input => transport.Input;

    public PipeWriter Output => transport.Output;

    /// <summary>The socket behind <see cref="Output"/>; null when there is encryption between them.</summary>
    public Socket? Outlet => encryption is null ? socket : null;

    /// <summary>
    /// Fires when the client is gone altogether, not when it only ended its sending. Without it an attachment to a silent container would outlive its client.
    /// </summary>
    public CancellationToken ClientGone => gone.Token;

    /// <summary>Writes the answer's head in the form that the request asked for, and hands the connection over.</summary>
    internal static async Task<HijackedConnection> StartAsync(HttpContext http, string status, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken ct)
    {
        IConnectionTransportFeature transport = http.Features.GetRequiredFeature<IConnectionTransportFeature>();
        var head = new StringBuilder();
        head.Append("HTTP/1.1 ").Append(status).Append("\r\n");
        foreach ((string name, string value) in headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        foreach ((string name, StringValues value) in http.Response.Headers)
        {
            head.Append(name).Append(": ").Append(value.ToString()).Append("\r\n");
        }

        head.Append("\r\n");
        var connection = new HijackedConnection(http, transport.Transport);
        await connection.Output.WriteAsync(Encoding.ASCII.GetBytes(head.ToString()), ct);
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        await endOfSending.DisposeAsync();
        try
        {
            await Output.FlushAsync(gone.Token);
            if (encryption is not null)
            {
                await encryption.ShutdownAsync();
            }

            if (socket is not null)
            {
                socket.Shutdown(SocketShutdown.Send);
                await DrainAsync();
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or InvalidOperationException or SocketException)
        {
            // Patience is over, or the client reset the connection first: the abort below is all that is left to do.
        }

        http.Abort();
        gone.Dispose();
    }

    // Closing a socket with unread input resets it, and a reset can overtake the last output: read until the client hangs up.
    private async Task DrainAsync()
    {
        using var patience = new CancellationTokenSource(Linger);
        while (true)
        {
            ReadResult rest = await Input.ReadAsync(patience.Token);
            Input.AdvanceTo(rest.Buffer.End);
            if (rest.IsCompleted)
            {
                return;
            }
        }
    }

    // A unix socket whose peer is closed refuses even an empty message (EPIPE); one whose peer only ended its sending takes it. TCP knows no such
    // difference before something is sent or a keep-alive probe fails.
    private async Task WatchAsync()
    {
        try
        {
            while (socket is not null && !gone.IsCancellationRequested)
            {
                await socket.SendAsync(ReadOnlyMemory<byte>.Empty, SocketFlags.None, gone.Token);
                await Task.Delay(ProbeInterval, gone.Token);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            try
            {
                await gone.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // The connection ended meanwhile; nobody waits for the news.
            }
        }
    }
}
