using System.Buffers.Binary;
using System.Text;

namespace Wharf.Linux.Netlink;

/// <summary>
/// Builds one or more netlink messages in a growing buffer: header, fixed part, attributes, nested attributes (netlink(7)). Everything is aligned to
/// four bytes and lengths are filled in when a message or nest ends. Integers are in the machine's order unless the name says big endian.
/// Not for several threads at once.
/// </summary>
public sealed class NetlinkWriter
{
    public const int HeaderLength = 16;
    internal const int NestedFlag = 0x8000;

    private readonly Stack<int> _nests = new();
    private byte[] _buffer = new byte[1024];
    private int _message = -1;

    public int Length { get; private set; }

    /// <summary>How many messages were begun since the last <see cref="Clear"/>.</summary>
    public int Count { get; private set; }

    internal Span<byte> Written
    {
        get
        {
            EndMessage();
            return _buffer.AsSpan(0, Length);
        }
    }

    /// <summary>A copy of the bytes so far.</summary>
    public byte[] ToArray() => Written.ToArray();

    public void Clear()
    {
        Length = 0;
        Count = 0;
        _message = -1;
        _nests.Clear();
    }

    /// <summary>Ends the message before it and begins another; its sequence number is given at sending.</summary>
    public NetlinkWriter Begin(ushort type, NetlinkFlags flags)
    {
        EndMessage();
        _message = Length;
        Span<byte> header = Reserve(HeaderLength);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], type);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], (ushort)flags);
        Count++;
        return this;
    }

    /// <summary>Adds flags to the message begun last.</summary>
    public void AddFlags(NetlinkFlags flags)
    {
        Span<byte> at = _buffer.AsSpan(_message + 6);
        BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(at) | (ushort)flags));
    }

    /// <summary>Zeroed room for a fixed structure, rounded up to four bytes; valid until the next call.</summary>
    public Span<byte> Reserve(int length)
    {
        int padded = (length + 3) & ~3;
        if (Length + padded > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + padded));
        }

        Span<byte> room = _buffer.AsSpan(Length, padded);
        room.Clear();
        Length += padded;
        return room[..length];
    }

    public NetlinkWriter Bytes(int type, ReadOnlySpan<byte> value)
    {
        value.CopyTo(Attribute(type, value.Length));
        return this;
    }

    public NetlinkWriter UInt8(int type, byte value)
    {
        Attribute(type, 1)[0] = value;
        return this;
    }

    public NetlinkWriter UInt16(int type, ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Attribute(type, 2), value);
        return this;
    }

    public NetlinkWriter UInt16BigEndian(int type, ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(Attribute(type, 2), value);
        return this;
    }

    public NetlinkWriter UInt32(int type, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Attribute(type, 4), value);
        return this;
    }

    public NetlinkWriter Int32(int type, int value) => UInt32(type, (uint)value);

    public NetlinkWriter UInt32BigEndian(int type, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Attribute(type, 4), value);
        return this;
    }

    public NetlinkWriter UInt64BigEndian(int type, ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(Attribute(type, 8), value);
        return this;
    }

    /// <summary>A text with its closing zero byte.</summary>
    public NetlinkWriter Text(int type, string value)
    {
        Span<byte> room = Attribute(type, Encoding.UTF8.GetByteCount(value) + 1);
        Encoding.UTF8.GetBytes(value, room);
        return this;
    }

    /// <summary>An attribute whose presence is its value.</summary>
    public NetlinkWriter Flag(int type)
    {
        Attribute(type, 0);
        return this;
    }

    /// <summary>Begins a nest without the nested flag, as the older route attributes have it.</summary>
    public NetlinkWriter PlainNest(int type)
    {
        _nests.Push(Length);
        Attribute(type, 0);
        return this;
    }

    /// <summary>Begins a nest with NLA_F_NESTED, which nf_tables demands.</summary>
    public NetlinkWriter Nest(int type) => PlainNest(type | NestedFlag);

    public NetlinkWriter EndNest()
    {
        int start = _nests.Pop();
        int length = Length - start;
        if (length > ushort.MaxValue)
        {
            throw new InvalidOperationException("a nested netlink attribute has outgrown its 16-bit length");
        }

        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(start), (ushort)length);
        return this;
    }

    /// <summary>Gives every message its sequence number; returns the first and the last.</summary>
    internal (uint First, uint Last) Stamp(ref uint sequence)
    {
        uint first = sequence + 1;
        Span<byte> all = Written;
        for (int at = 0; at < all.Length;)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(all[(at + 8)..], ++sequence);
            at += (BinaryPrimitives.ReadInt32LittleEndian(all[at..]) + 3) & ~3;
        }

        return (first, sequence);
    }

    private Span<byte> Attribute(int type, int length)
    {
        if (length > ushort.MaxValue - 4)
        {
            throw new ArgumentOutOfRangeException(nameof(length), "a netlink attribute holds 65531 bytes at most");
        }

        Span<byte> room = Reserve(4 + length);
        BinaryPrimitives.WriteUInt16LittleEndian(room, (ushort)(4 + length));
        BinaryPrimitives.WriteUInt16LittleEndian(room[2..], (ushort)type);
        return room[4..];
    }

    private void EndMessage()
    {
        if (_message < 0)
        {
            return;
        }

        if (_nests.Count != 0)
        {
            throw new InvalidOperationException("a netlink message ends inside a nested attribute");
        }

        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_message), Length - _message);
        _message = -1;
    }
}
