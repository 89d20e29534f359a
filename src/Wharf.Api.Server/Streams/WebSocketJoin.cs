using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Wharf.Connections.Tls;
using Wharf.Engine.Streams;
using Wharf.Primitives;

namespace Wharf.Api.Server.Streams;

/// <summary>
/// Joins a container's streams with a websocket (RFC 6455): binary messages both ways. Output has no frames of Docker's inside: a websocket client sees
/// stdout and stderr as one stream, as Docker's engine does it.
/// </summary>
internal static class WebSocketJoin
{
    // RFC 6455, section 1.3: proves that the server has understood the handshake.
    private const string HandshakeGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private const int BufferSize = 32 * 1024;
    private const int FrameHeader = 8;

    public static void CheckRequest(ApiCall call)
    {
        string? key = call.Header("Sec-WebSocket-Key");
        if (string.IsNullOrEmpty(key) || !string.Equals(call.Header("Upgrade"), "websocket", StringComparison.OrdinalIgnoreCase))
        {
            throw WharfException.Invalid("this endpoint wants a websocket handshake");
        }

        if (call.Header("Sec-WebSocket-Version") is string version && version != "13")
        {
            throw WharfException.Invalid($"websocket version {version} is not supported; use 13");
        }
    }

    public static async Task RunAsync(ApiCall call, IStreamSession session)
    {
        byte[] proof = SHA1.HashData(Encoding.ASCII.GetBytes(call.Header("Sec-WebSocket-Key")!.Trim() + HandshakeGuid));
        await using HijackedConnection connection = await call.HijackAsync("101 Switching Protocols",
        [
            new("Upgrade", "websocket"),
            new("Connection", "Upgrade"),
            new("Sec-WebSocket-Accept", Convert.ToBase64String(proof)),
        ]);
        using var socket = WebSocket.CreateFromStream(new DuplexStream(connection.Input, connection.Output),
            new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = TimeSpan.FromSeconds(30) });
        var input = new Pipe();
        var output = new Pipe();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(connection.ClientGone);
        Task reading = ReadAsync(socket, input.Writer, stop);
        Task writing = WriteAsync(socket, output.Reader, session.Raw, stop.Token);
        try
        {
            await session.RunAsync(input.Reader, output.Writer, null, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The client has left; so the session was told to end.
        }

        await output.Writer.CompleteAsync();
        await writing;
        await stop.CancelAsync();
        await reading;
    }

    private static async Task ReadAsync(WebSocket socket, PipeWriter stdin, CancellationTokenSource stop)
    {
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult result = await socket.ReceiveAsync(stdin.GetMemory(BufferSize), stop.Token);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                stdin.Advance(result.Count);
                await stdin.FlushAsync(stop.Token);
            }
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or IOException or InvalidOperationException)
        {
            // A client that hangs up without the closing handshake ends its input all the same.
        }

        // A websocket closes both ways at once: there is no half of it to go on with.
        await stdin.CompleteAsync();
        await stop.CancelAsync();
    }

    private static async Task WriteAsync(WebSocket socket, PipeReader output, bool raw, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                ReadResult result = await output.ReadAsync(ct);
                ReadOnlySequence<byte> rest = result.Buffer;
                while (raw ? TakeAll(ref rest, out ReadOnlySequence<byte> payload) : TakeFrame(ref rest, out payload))
                {
                    await socket.SendAsync(payload.ToArray(), WebSocketMessageType.Binary, WebSocketMessageFlags.EndOfMessage, ct);
                }

                output.AdvanceTo(rest.Start, rest.End);
                if (result.IsCompleted)
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ct);
                    return;
                }
            }
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or IOException)
        {
            await output.CompleteAsync();
        }
    }

    private static bool TakeAll(ref ReadOnlySequence<byte> rest, out ReadOnlySequence<byte> payload)
    {
        payload = rest;
        rest = rest.Slice(rest.End);
        return !payload.IsEmpty;
    }

    private static bool TakeFrame(ref ReadOnlySequence<byte> rest, out ReadOnlySequence<byte> payload)
    {
        payload = default;
        if (rest.Length < FrameHeader)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[FrameHeader];
        rest.Slice(0, FrameHeader).CopyTo(header);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        if (rest.Length < FrameHeader + length)
        {
            return false;
        }

        payload = rest.Slice(FrameHeader, length);
        rest = rest.Slice(FrameHeader + length);
        return true;
    }
}
