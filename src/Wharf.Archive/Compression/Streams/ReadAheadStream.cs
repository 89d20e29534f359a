using System.Threading.Channels;

namespace Wharf.Archive.Compression;

/// <summary>
/// Reads its source in a task of its own, at most a few buffers ahead, so that decompression and what follows it share two cores.
/// An error of the source comes out where its bytes would have. Disposal stops the task and closes the source, unless told otherwise.
/// </summary>
/// <remarks>
/// What shall be done with all bytes in their order besides (a hash) is done in a third task, one buffer after another; the stream ends after it has seen the last.
/// </remarks>
internal sealed class ReadAheadStream : ForwardReader
{
    private const int BufferSize = 256 * 1024;
    private const int BuffersAhead = 4;

    private readonly Stream _source;
    private readonly bool _leaveOpen;
    private readonly CancellationTokenSource _stop = new();
    private readonly Action<ReadOnlySpan<byte>>? _besides;
    private readonly Channel<Filled> _full = Channel.CreateBounded<Filled>(new BoundedChannelOptions(BuffersAhead) { SingleReader = true, SingleWriter = true });
    private readonly Channel<Filled> _empty = Channel.CreateUnbounded<Filled>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly Task _pump;
    private Filled _current;
    private int _used;

    public ReadAheadStream(Stream source, Action<ReadOnlySpan<byte>>? besides = null, bool leaveOpen = false)
    {
        _leaveOpen = leaveOpen;
        _source = source;
        _besides = besides;
        _pump = Task.Run(PumpAsync);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        return _used < _current.Length || await NextAsync(cancellationToken) ? Take(buffer.Span) : 0;
    }

    public override int Read(Span<byte> buffer)
    {
        return _used < _current.Length || NextAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult() ? Take(buffer) : 0;
    }

    private int Take(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, _current.Length - _used);
        _current.Buffer.AsSpan(_used, count).CopyTo(buffer);
        _used += count;
        return count;
    }

    private async ValueTask<bool> NextAsync(CancellationToken ct)
    {
        if (_current.Buffer is not null)
        {
            _empty.Writer.TryWrite(_current);
        }

        _used = 0;
        _current = default;
        while (await _full.Reader.WaitToReadAsync(ct))
        {
            if (_full.Reader.TryRead(out _current))
            {
                return true;
            }
        }

        return false;
    }

    private async Task PumpAsync()
    {
        Task seen = Task.CompletedTask;
        try
        {
            while (true)
            {
                byte[] buffer = await EmptyAsync();
                int length = await _source.ReadAtLeastAsync(buffer, BufferSize / 2, throwOnEndOfStream: false, _stop.Token);
                await seen;
                if (length == 0)
                {
                    _full.Writer.Complete();
                    return;
                }

                seen = _besides is null ? seen : Task.Run(() => _besides(buffer.AsSpan(0, length)), CancellationToken.None);
                await _full.Writer.WriteAsync(new Filled(buffer, length, seen), _stop.Token);
            }
        }
        catch (Exception e)
        {
            await seen.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            _full.Writer.Complete(e); // rethrown by the reader
        }
    }

    private async ValueTask<byte[]> EmptyAsync()
    {
        if (!_empty.Reader.TryRead(out Filled used))
        {
            return new byte[BufferSize];
        }

        await used.Seen;
        return used.Buffer;
    }

    protected override async ValueTask CloseAsync()
    {
        await _stop.CancelAsync();
        await _pump;
        if (!_leaveOpen)
        {
            await _source.DisposeAsync();
        }

        _stop.Dispose();
    }

    private readonly record struct Filled(byte[] Buffer, int Length, Task Seen);
}
