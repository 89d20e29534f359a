using System.Buffers;

namespace Wharf.Engine.Logs;

/// <summary>Collects frames before they go to the client together: asking the web server for room for every line costs more than the line.</summary>
internal sealed class FrameBatch : IBufferWriter<byte>, IDisposable
{
    private const int Size = 256 * 1024;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Size);
    private int _used;

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _used);

    public void Clear() => _used = 0;

    public void Advance(int count) => _used += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _buffer.AsMemory(_used);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _buffer.AsSpan(_used);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _used = 0;
    }

    private void Grow(int wanted)
    {
        if (_buffer.Length - _used >= Math.Max(wanted, 1))
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _used + wanted));
        _buffer.AsSpan(0, _used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
