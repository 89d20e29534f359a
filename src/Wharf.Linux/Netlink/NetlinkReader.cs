using System.Buffers.Binary;
using System.Text;
using Wharf.Primitives;

namespace Wharf.Linux.Netlink;

/// <summary>The messages of one datagram (netlink(7)). A truncated or impossible length ends the walk; what came before it stands.</summary>
public ref struct NetlinkMessages(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    public NetlinkMessage Current { get; private set; }

    public readonly NetlinkMessages GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < NetlinkWriter.HeaderLength)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(_rest);
        if (length < NetlinkWriter.HeaderLength || length > _rest.Length)
        {
            return false;
        }

        Current = new NetlinkMessage(_rest[..length]);
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }
}

/// <summary>One message: header and payload.</summary>
public readonly ref struct NetlinkMessage(ReadOnlySpan<byte> message)
{
    internal const ushort TypeError = 2;
    internal const ushort TypeDone = 3;
    internal const ushort TypeOverrun = 4;

    private readonly ReadOnlySpan<byte> _message = message;

    public ushort Type => BinaryPrimitives.ReadUInt16LittleEndian(_message[4..]);

    public NetlinkFlags Flags => (NetlinkFlags)BinaryPrimitives.ReadUInt16LittleEndian(_message[6..]);

    public uint Sequence => BinaryPrimitives.ReadUInt32LittleEndian(_message[8..]);

    /// <summary>The address of the socket whose request caused it; 0 for the kernel.</summary>
    public uint PortId => BinaryPrimitives.ReadUInt32LittleEndian(_message[12..]);

    public ReadOnlySpan<byte> Payload => _message[NetlinkWriter.HeaderLength..];

    /// <summary>The attributes after a fixed structure of the given size.</summary>
    /// <exception cref="WharfException">DataLoss, when the message is shorter than that.</exception>
    public NetlinkAttributes Attributes(int fixedLength) => new(Fixed(fixedLength, out ReadOnlySpan<byte> rest) ? rest : default);

    /// <summary>The fixed structure at the front of the payload.</summary>
    public ReadOnlySpan<byte> Fixed(int length)
    {
        Fixed(length, out _);
        return Payload[..length];
    }

    private bool Fixed(int length, out ReadOnlySpan<byte> rest)
    {
        if (Payload.Length < length)
        {
            throw WharfException.DataLoss($"netlink message of type {Type} is too short: {Payload.Length} of {length} bytes");
        }

        rest = Payload[Math.Min((length + 3) & ~3, Payload.Length)..];
        return true;
    }
}

/// <summary>The attributes of a message or of a nest. An impossible length ends the walk.</summary>
public ref struct NetlinkAttributes(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public NetlinkAttribute Current { get; private set; }

    public readonly NetlinkAttributes GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < 4)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        if (length < 4 || length > _rest.Length)
        {
            return false;
        }

        Current = new NetlinkAttribute(BinaryPrimitives.ReadUInt16LittleEndian(_rest[2..]), _rest[4..length]);
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }

    /// <summary>The last attribute of a type; an empty one when there is none.</summary>
    public readonly NetlinkAttribute Find(int type)
    {
        NetlinkAttribute found = default;
        foreach (NetlinkAttribute attribute in this)
        {
            if (attribute.Type == type)
            {
                found = attribute;
            }
        }

        return found;
    }
}

/// <summary>One attribute; its accessors throw DataLoss when it is shorter than what is asked for.</summary>
public readonly ref struct NetlinkAttribute(ushort type, ReadOnlySpan<byte> value)
{
    /// <summary>Without the two flag bits.</summary>
    public int Type { get; } = type & 0x3fff;

    public ReadOnlySpan<byte> Value { get; } = value;

    public NetlinkAttributes Nested => new(Value);

    public uint UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(AtLeast(4));

    public int Int32 => BinaryPrimitives.ReadInt32LittleEndian(AtLeast(4));

    public uint UInt32BigEndian => BinaryPrimitives.ReadUInt32BigEndian(AtLeast(4));

    public ushort UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(AtLeast(2));

    public byte UInt8 => AtLeast(1)[0];

    /// <summary>The text up to the first zero byte.</summary>
    public string Text => Encoding.UTF8.GetString(Value.IndexOf((byte)0) is >= 0 and int end ? Value[..end] : Value);

    private ReadOnlySpan<byte> AtLeast(int length) => Value.Length >= length
        ? Value
        : throw WharfException.DataLoss($"netlink attribute {Type} is too short: {Value.Length} of {length} bytes");
}
