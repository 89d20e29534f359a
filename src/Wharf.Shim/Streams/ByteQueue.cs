using Wharf.Linux;

namespace Wharf.Shim.Streams;

/// <summary>
/// A ring of bytes outside the collector's heap. Holds no memory while it is empty; the pages of a full one are only those that were used.
/// </summary>
internal sealed class ByteQueue(int capacity)
{
    private PageBuffer? _pages;
    private int _start;

    public int Length { get; private set; }

    public int Free => capacity - Length;

    /// <summary>Appends all of it; the caller has looked at <see cref="Free"/>.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(data.Length, Free);
        if (data.IsEmpty)
        {
            return;
        }

        _pages ??= new PageBuffer(capacity);
        int end = (_start + Length) % capacity;
        int first = Math.Min(data.Length, capacity - end);
        data[..first].CopyTo(_pages.Span[end..]);
        data[first..].CopyTo(_pages.Span);
        Length += data.Length;
    }

    /// <summary>The longest piece at the front that lies in one row.</summary>
    public ReadOnlySpan<byte> Front => _pages is null ? [] : _pages.Span.Slice(_start, Math.Min(Length, capacity - _start));

    public void Consume(int count)
    {
        _start = (_start + count) % capacity;
        Length -= count;
        if (Length == 0)
        {
            Clear();
        }
    }

    public void Clear()
    {
        _pages?.Dispose();
        _pages = null;
        _start = 0;
        Length = 0;
    }
}
