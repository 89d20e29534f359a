using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace Wharf.Connections.Sockets;

/// <summary>
/// An accepted connection. A task of its own receives ahead of the reader, so that a client's end of sending is known at once; output goes straight to the socket.
/// <see cref="ConnectionContext.ConnectionClosed"/> fires when the client has ended its sending or is gone.
/// </summary>
internal sealed partial class SocketConnection : DefaultConnectionContext, IConnectionSocketFeature
{
    // A client with a request takes a page, one with an archive fills every buffer.
    private const int SmallBlock = 4 * 1024;
    private const int LargeBlock = 64 * 1024;
    private const int LeastRoom = 1024;

    // How far the receiving runs ahead.
    private const int Ahead = 1024 * 1024;

    private static readonly PipeOptions InputOptions = new(
        minimumSegmentSize: SmallBlock, pauseWriterThreshold: Ahead, resumeWriterThreshold: Ahead / 2, useSynchronizationContext: false);

    private static long _count;

    private readonly Pipe _input = new(InputOptions);
    private readonly SocketWriter _output;
    private readonly CancellationTokenSource _closed = new();
    private readonly Lock _gate = new();
    private readonly ILogger _log;
    private ConnectionAbortedException? _aborted;
    private bool _disposed;
    private Task _receiving = Task.CompletedTask;

    private SocketConnection(Socket socket, ILogger log)
        : base(Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture))
    {
        Socket = socket;
        _log = log;
        _output = new SocketWriter(socket);
        Transport = new Pipes(_input.Reader, _output);
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        ConnectionClosed = _closed.Token;
        Features.Set<IConnectionSocketFeature>(this);
    }

    public Socket Socket { get; }

    public static SocketConnection Start(Socket socket, ILogger log)
    {
        var connection = new SocketConnection(socket, log);
        connection._receiving = connection.ReceiveAsync();
        return connection;
    }

    /// <summary>Resets the connection: neither side's data is waited for.</summary>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        lock (_gate)
        {
            // Kestrel gives none when the client went first
            _aborted ??= abortReason ?? new ConnectionAbortedException();
            Socket.Close(timeout: 0);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _input.Reader.CompleteAsync();
        await _output.CompleteAsync();
        lock (_gate)
        {
            if (_aborted is null && !_disposed)
            {
                _disposed = true;
                End();
            }
        }

        await _receiving;
        await base.DisposeAsync();
    }

    private async Task ReceiveAsync()
    {
        PipeWriter input = _input.Writer;
        Exception? failure = null;
        try
        {
            int room = LeastRoom;
            while (true)
            {
                Memory<byte> free = input.GetMemory(room);
                int count = await Socket.ReceiveAsync(free, SocketFlags.None);
                if (count == 0)
                {
                    break;
                }

                room = count == free.Length ? LargeBlock : LeastRoom;
                input.Advance(count);
                if ((await input.FlushAsync()).IsCompleted)
                {
                    break;
                }
            }
        }
        catch (SocketException e) when (_aborted is null && e.SocketErrorCode is SocketError.ConnectionReset or SocketError.TimedOut or SocketError.Shutdown)
        {
            failure = new ConnectionResetException(e.Message, e);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            failure = _aborted ?? new ConnectionAbortedException(e.Message, e);
        }

        await input.CompleteAsync(failure);

        // Whoever waits for the end may do much: not on the thread of the reader.
        await Task.Yield();
        try
        {
            await _closed.CancelAsync();
        }
        catch (AggregateException e)
        {
            LogListener(e);
        }
    }

    private void End()
    {
        try
        {
            Socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // the client was faster
        }

        Socket.Dispose();
    }

    [LoggerMessage(6211, LogLevel.Error, "somebody who waits for the end of connections failed")]
    private partial void LogListener(Exception error);

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
