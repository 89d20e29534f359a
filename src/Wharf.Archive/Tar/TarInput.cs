using System.Buffers;

namespace Wharf.Archive.Tar;

/// <summary>Is told of an archive's bytes as they are consumed, in order and each once.</summary>
internal interface ITarObserver
{
    /// <summary>Headers, padding, and content that nobody took.</summary>
    void Raw(ReadOnlySpan<byte> bytes);

    /// <summary>Content of the current member that was taken.</summary>
    /// <param name="offset">Where in the member's file it belongs.</param>
    /// <param name="length">Bytes.</param>
    void Content(long offset, int length);
}

/// <summary>The archive's bytes through one pooled buffer; content is handed out of it without another copy.</summary>
internal sealed class TarInput(Stream input, ITarObserver? observer) : IDisposable
{
    private const int BufferSize = 256 * 1024;

    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _start;
    private int _end;

    /// <summary>Bytes handed out or skipped.</summary>
    public long Position { get; private set; }

    public ReadOnlySpan<byte> Span(int length) => _buffer.AsSpan(_start, length);

    /// <summary>True when <paramref name="count"/> bytes lie in the buffer; false at an end of input before that.</summary>
    public ValueTask<bool> EnsureAsync(int count, CancellationToken ct) =>
        _end - _start >= count ? new ValueTask<bool>(true) : FillAsync(count, ct);

    public int Buffered => _end - _start;

    public void Advance(int count)
    {
        observer?.Raw(_buffer.AsSpan(_start, count));
        Consume(count);
    }

    private void Consume(int count)
    {
        _start += count;
        Position += count;
    }

    /// <summary>Up to <paramref name="most"/> bytes, already counted as read; empty at the end of input.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> TakeAsync(long most, CancellationToken ct)
    {
        ReadOnlyMemory<byte> taken = await TakeQuietlyAsync(most, ct);
        observer?.Raw(taken.Span);
        return taken;
    }

    /// <summary>The same for content that goes to a file.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> TakeContentAsync(long most, long offset, CancellationToken ct)
    {
        ReadOnlyMemory<byte> taken = await TakeQuietlyAsync(most, ct);
        observer?.Content(offset, taken.Length);
        return taken;
    }

    private async ValueTask<ReadOnlyMemory<byte>> TakeQuietlyAsync(long most, CancellationToken ct)
    {
        if (_start == _end)
        {
            _start = _end = 0;
            _end = await input.ReadAsync(_buffer.AsMemory(0, BufferSize), ct);
        }

        int length = (int)Math.Min(most, _end - _start);
        var memory = new ReadOnlyMemory<byte>(_buffer, _start, length);
        Consume(length);
        return memory;
    }

    public async ValueTask<bool> SkipAsync(long count, CancellationToken ct)
    {
        while (count > 0)
        {
            ReadOnlyMemory<byte> skipped = await TakeAsync(count, ct);
            if (skipped.IsEmpty)
            {
                return false;
            }

            count -= skipped.Length;
        }

        return true;
    }

    private async ValueTask<bool> FillAsync(int count, CancellationToken ct)
    {
        ObjectDisposedException.ThrowIf(_buffer is null, this);
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        while (_end < count)
        {
            int read = await input.ReadAsync(_buffer.AsMemory(_end, BufferSize - _end), ct);
            if (read == 0)
            {
                return false;
            }

            _end += read;
        }

        return true;
    }

    public void Dispose()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
