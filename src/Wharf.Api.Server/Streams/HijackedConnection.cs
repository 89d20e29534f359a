using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Wharf.Api.Server.Streams;

/// <summary>
/// A connection taken out of HTTP's hands: what the client sends after its request comes from <see cref="Input"/>, what is written goes to it as it is.
/// Kestrel's own upgrade refuses requests that carry a body (every exec), so the head is written here, past Kestrel. Without TLS output goes
/// straight to the socket, which makes <see cref="EndOutput"/> a real half-close; with TLS it goes through the encrypting pipe and the end of output is the end
/// of the connection. Disposing ends the connection.
/// </summary>
public sealed class HijackedConnection : IAsyncDisposable
{
    // How long a client may take to read the end of the output and hang up, before the connection is reset under it.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    private readonly HttpContext http;
    private readonly IDuplexPipe transport;
    private readonly Socket? socket;
    private bool outputEnded;

    private HijackedConnection(HttpContext http, IDuplexPipe transport, Socket? socket)
    {
        this.http = http;
        this.transport = transport;
        this.socket = socket;
    }

    public PipeReader Input => transport.Input;

    /// <summary>Writes the answer's head in the form that the request asked for, and hands the connection over.</summary>
    internal static async Task<HijackedConnection> StartAsync(HttpContext http, IEnumerable<KeyValuePair<string, string>> headers, string protocol, CancellationToken ct)
    {
        IConnectionTransportFeature transport = http.Features.GetRequiredFeature<IConnectionTransportFeature>();
        bool encrypted = http.Features.Get<ITlsConnectionFeature>() is not null;
        Socket? socket = encrypted ? null : http.Features.Get<IConnectionSocketFeature>()?.Socket;

        var head = new StringBuilder();
        head.Append(http.Request.Headers.Upgrade.Count > 0
            ? $"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n"
            : "HTTP/1.1 200 OK\r\n");
        foreach ((string name, string value) in headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        foreach ((string name, Microsoft.Extensions.Primitives.StringValues value) in http.Response.Headers)
        {
            head.Append(name).Append(": ").Append(value.ToString()).Append("\r\n");
        }

        head.Append("\r\n");
        var connection = new HijackedConnection(http, transport.Transport, socket);
        await connection.WriteAsync(Encoding.ASCII.GetBytes(head.ToString()), ct);
        return connection;
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        if (socket is null)
        {
            FlushResult result = await transport.Output.WriteAsync(bytes, ct);
            if (result.IsCompleted)
            {
                throw new IOException("the client closed the connection");
            }

            return;
        }

        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, ct)..];
        }
    }

    /// <summary>Tells the client that no more output comes; its input may go on.</summary>
    public void EndOutput()
    {
        outputEnded = true;
        if (socket is { Connected: true })
        {
            try
            {
                socket.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.NotConnected or SocketError.Shutdown)
            {
                // The client has hung up already; there is nobody to tell.
            }
        }
    }

    /// <summary>
    /// Whether a client that has ended its sending is gone altogether. A unix socket whose peer is closed refuses even an empty message (EPIPE), one
    /// whose peer only ended its sending takes it; TCP knows no such difference before a keep-alive probe fails.
    /// </summary>
    public bool IsClientGone()
    {
        if (socket is null)
        {
            return false;
        }

        try
        {
            socket.Send(ReadOnlySpan<byte>.Empty);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!outputEnded)
        {
            EndOutput();
        }

        // Closing a socket with unread input resets it, and a reset can overtake the last output: read until the client hangs up.
        using var patience = new CancellationTokenSource(Linger);
        try
        {
            while (socket is not null)
            {
                ReadResult rest = await Input.ReadAsync(patience.Token);
                Input.AdvanceTo(rest.Buffer.End);
                if (rest.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or InvalidOperationException)
        {
            // Patience is over or the client reset the connection first; the abort below is all that is left to do.
        }

        http.Abort();
    }
}
