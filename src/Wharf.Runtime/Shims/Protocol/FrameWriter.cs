using System.Buffers.Binary;
using System.Text;

namespace Wharf.Runtime.Shims.Protocol;

/// <summary>Builds one frame in a growing array.</summary>
internal ref struct FrameWriter
{
    private byte[] _buffer;
    private int _length;

    public FrameWriter(byte kind, uint sequence, int expected)
    {
        _buffer = new byte[Math.Max(expected, 32)];
        _buffer[ShimWire.LengthSize] = kind;
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(ShimWire.LengthSize + 1), sequence);
        _length = ShimWire.LengthSize + 5;
    }

    public void Number(int value) => BinaryPrimitives.WriteInt32LittleEndian(Room(4), value);

    public void Long(long value) => BinaryPrimitives.WriteInt64LittleEndian(Room(8), value);

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Number(value.Length);
        value.CopyTo(Room(value.Length));
    }

    public void Text(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        Number(length);
        Encoding.UTF8.GetBytes(value, Room(length));
    }

    public byte[] Finish()
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer, _length - ShimWire.LengthSize);
        if (_length != _buffer.Length)
        {
            Array.Resize(ref _buffer, _length);
        }

        return _buffer;
    }

    private Span<byte> Room(int size)
    {
        if (_buffer.Length - _length < size)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + size));
        }

        _length += size;
        return _buffer.AsSpan(_length - size, size);
    }
}
