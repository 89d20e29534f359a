using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace Wharf.Connections.Sockets;

/// <summary>
/// Output of a connection. A flush ends when the kernel has everything; one that is cancelled leaves the sending to go on beside. What is written after the client
/// is gone is dropped, and the flush says that nobody reads any more.
/// </summary>
internal sealed class SocketWriter(Socket socket) : PipeWriter
{
    private const int FirstBlock = 16 * 1024;
    private const int FurtherBlock = 64 * 1024;
    private const int LargestBlock = 256 * 1024;

    private readonly List<ArraySegment<byte>> _full = [];
    private byte[]? _block;
    private int _used;
    private long _unflushed;
    private Task _sending = Task.CompletedTask;
    private TaskCompletionSource? _cancel;
    private volatile bool _ended;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed;

    public override Memory<byte> GetMemory(int sizeHint = 0) => Room(sizeHint).AsMemory(_used);

    public override Span<byte> GetSpan(int sizeHint = 0) => Room(sizeHint).AsSpan(_used);

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, (_block?.Length ?? 0) - _used);
        _used += bytes;
        _unflushed += bytes;
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        while (!source.IsEmpty)
        {
            Span<byte> free = GetSpan(Math.Min(source.Length, LargestBlock));
            int count = Math.Min(free.Length, source.Length);
            source.Span[..count].CopyTo(free);
            Advance(count);
            source = source[count..];
        }

        return FlushAsync(cancellationToken);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_sending.IsCompleted)
        {
            _sending = SendAsync();
            if (_sending.IsCompleted)
            {
                return ValueTask.FromResult(Result);
            }
        }

        return WaitAsync(cancellationToken);
    }

    public override void CancelPendingFlush() => Volatile.Read(ref _cancel)?.TrySetResult();

    public override void Complete(Exception? exception = null)
    {
        if (exception is not null)
        {
            _ended = true;
        }
    }

    /// <summary>Sends what was written and not flushed, before the connection ends.</summary>
    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        Complete(exception);
        await _sending;
        await SendAsync();
        _ended = true;
    }

    private FlushResult Result => new(isCanceled: false, isCompleted: _ended);

    private byte[] Room(int sizeHint)
    {
        int wanted = Math.Max(sizeHint, 1);
        if (_block is not null && _block.Length - _used >= wanted)
        {
            return _block;
        }

        Seal();
        _block = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, _full.Count == 0 ? FirstBlock : FurtherBlock));
        return _block;
    }

    private void Seal()
    {
        if (_block is null)
        {
            return;
        }

        _full.Add(new ArraySegment<byte>(_block, 0, _used));
        _block = null;
        _used = 0;
    }

    private async ValueTask<FlushResult> WaitAsync(CancellationToken ct)
    {
        var cancel = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _cancel, cancel);
        while (true)
        {
            Task sending = _sending;
            if (await Task.WhenAny(sending, cancel.Task).WaitAsync(ct) == cancel.Task)
            {
                return new FlushResult(isCanceled: true, isCompleted: _ended);
            }

            if (_unflushed == 0)
            {
                return Result;
            }

            // what was written since a flush that was cancelled
            _sending = SendAsync();
        }
    }

    private async Task SendAsync()
    {
        Seal();
        if (_full.Count == 0)
        {
            return;
        }

        ArraySegment<byte>[] blocks = [.. _full];
        _full.Clear();
        _unflushed = 0;
        foreach (ArraySegment<byte> block in blocks)
        {
            await SendAsync(block);
            ArrayPool<byte>.Shared.Return(block.Array!);
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> rest)
    {
        try
        {
            while (!rest.IsEmpty && !_ended)
            {
                rest = rest[await socket.SendAsync(rest, SocketFlags.None)..];
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client is gone. The receiving side finds out too, and tells whoever wants to know.
            _ended = true;
        }
    }
}
