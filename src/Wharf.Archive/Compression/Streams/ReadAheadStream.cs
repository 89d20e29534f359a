using System.Threading.Channels;

namespace Wharf.Archive.Compression;

/// <summary>
/// Reads its source in a task of its own, at most a few buffers ahead, so that decompression and what follows it share two cores.
/// An error of the source comes out where its bytes would have. Disposal stops the task and closes the source.
/// </summary>
internal sealed class ReadAheadStream : ForwardReader
{
    private const int BufferSize = 256 * 1024;
    private const int BuffersAhead = 4;

    private readonly Stream _source;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<(byte[] Buffer, int Length)> _full = Channel.CreateBounded<(byte[], int)>(
        new BoundedChannelOptions(BuffersAhead) { SingleReader = true, SingleWriter = true });
    private readonly Channel<byte[]> _empty = Channel.CreateUnbounded<byte[]>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly Task _pump;
    private byte[]? _current;
    private int _used;
    private int _length;

    public ReadAheadStream(Stream source)
    {
        _source = source;
        _pump = Task.Run(PumpAsync);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_used == _length && !await NextAsync(cancellationToken))
        {
            return 0;
        }

        int count = Math.Min(buffer.Length, _length - _used);
        _current.AsSpan(_used, count).CopyTo(buffer.Span);
        _used += count;
        return count;
    }

    public override int Read(Span<byte> buffer)
    {
        if (_used == _length && !NextAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult())
        {
            return 0;
        }

        int count = Math.Min(buffer.Length, _length - _used);
        _current.AsSpan(_used, count).CopyTo(buffer);
        _used += count;
        return count;
    }

    private async ValueTask<bool> NextAsync(CancellationToken ct)
    {
        if (_current is not null)
        {
            _empty.Writer.TryWrite(_current);
            _current = null;
        }

        _used = _length = 0;
        while (await _full.Reader.WaitToReadAsync(ct))
        {
            if (_full.Reader.TryRead(out var next))
            {
                (_current, _length) = next;
                return true;
            }
        }

        return false;
    }

    private async Task PumpAsync()
    {
        try
        {
            while (true)
            {
                byte[] buffer = _empty.Reader.TryRead(out byte[]? used) ? used : new byte[BufferSize];
                int length = await _source.ReadAtLeastAsync(buffer, BufferSize / 2, throwOnEndOfStream: false, _stop.Token);
                if (length == 0)
                {
                    _full.Writer.Complete();
                    return;
                }

                await _full.Writer.WriteAsync((buffer, length), _stop.Token);
            }
        }
        catch (Exception e)
        {
            _full.Writer.Complete(e); // rethrown by the reader
        }
    }

    protected override async ValueTask CloseAsync()
    {
        await _stop.CancelAsync();
        await _pump;
        await _source.DisposeAsync();
        _stop.Dispose();
    }
}
