using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Sockets;
using Wharf.Primitives;
using Wharf.Runtime.Shims.Protocol;

namespace Wharf.Runtime.Shims.Daemon;

/// <summary>A control connection as the daemon sees it: requests with their answers, and events.</summary>
internal sealed class ShimConnection : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly Action<ShimReply> _event;
    private readonly Action _closed;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ConcurrentDictionary<uint, TaskCompletionSource<ShimReply>> _pending = new();
    private readonly Task _receiving;
    private uint _sequence;
    private volatile bool _isClosed;

    /// <param name="socket">Owned from here on.</param>
    /// <param name="onEvent">Called in order, one at a time.</param>
    /// <param name="onClosed">Called once, when nothing more comes, whoever closed.</param>
    public ShimConnection(Socket socket, Action<ShimReply> onEvent, Action onClosed)
    {
        _socket = socket;
        _event = onEvent;
        _closed = onClosed;
        _receiving = Task.Run(ReceiveAsync);
    }

    /// <exception cref="WharfException">The shim's refusal, or Unavailable when the shim has gone.</exception>
    public async Task<ShimReply> AskAsync(ShimRequest request, CancellationToken ct)
    {
        uint sequence = Interlocked.Increment(ref _sequence);
        var answer = new TaskCompletionSource<ShimReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[sequence] = answer;
        try
        {
            byte[] frame = ShimWire.Encode(request with { Sequence = sequence });
            await _sending.WaitAsync(ct);
            try
            {
                await SendAllAsync(_socket, frame);
            }
            finally
            {
                _sending.Release();
            }

            if (_isClosed)
            {
                throw Gone();
            }

            ShimReply reply = await answer.Task.WaitAsync(ct);
            return ThrowIfError(reply);
        }
        catch (Exception trouble) when (trouble is SocketException or ObjectDisposedException)
        {
            throw Gone(trouble);
        }
        finally
        {
            _pending.TryRemove(sequence, out _);
        }
    }

    public static ShimReply ThrowIfError(ShimReply reply) =>
        reply.Kind == ShimReplyKind.Error ? throw new WharfException((ErrorKind)reply.Code, reply.Text) : reply;

    // Not cancellable: half a frame on the wire would damage the connection for all.
    public static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> data)
    {
        while (data.Length > 0)
        {
            data = data[await socket.SendAsync(data, SocketFlags.None, CancellationToken.None)..];
        }
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _receiving;
        _sending.Dispose();
    }

    private static WharfException Gone(Exception? inner = null) => WharfException.Unavailable("the container's shim has gone", inner);

    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[4096];
        int used = 0;
        try
        {
            while (true)
            {
                if (used == buffer.Length)
                {
                    Array.Resize(ref buffer, buffer.Length * 2);
                }

                int count = await _socket.ReceiveAsync(buffer.AsMemory(used), SocketFlags.None);
                if (count == 0)
                {
                    break;
                }

                used += count;
                used = Take(buffer, used);
            }
        }
        catch (Exception trouble) when (trouble is SocketException or ObjectDisposedException or WharfException)
        {
            // closed here, closed there, or bytes that are no frame: in each case this connection is over
        }

        _isClosed = true;
        _socket.Dispose();
        foreach (TaskCompletionSource<ShimReply> answer in _pending.Values)
        {
            answer.TrySetException(Gone());
        }

        _closed();
    }

    // Hands out the whole frames and moves the rest to the front.
    private int Take(byte[] buffer, int used)
    {
        int start = 0;
        while (true)
        {
            OperationStatus status = ShimWire.TryFrame(buffer.AsSpan(start, used - start), out ReadOnlySpan<byte> body, out int consumed);
            if (status == OperationStatus.InvalidData)
            {
                throw WharfException.DataLoss("frame length out of bounds");
            }

            if (status == OperationStatus.NeedMoreData)
            {
                buffer.AsSpan(start, used - start).CopyTo(buffer);
                return used - start;
            }

            ShimReply reply = ShimWire.DecodeReply(body);
            start += consumed;
            if (reply.Sequence == 0)
            {
                _event(reply);
            }
            else if (_pending.TryRemove(reply.Sequence, out TaskCompletionSource<ShimReply>? answer))
            {
                answer.TrySetResult(reply);
            }
        }
    }
}
