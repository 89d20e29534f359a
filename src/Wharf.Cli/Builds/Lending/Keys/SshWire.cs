using System.Buffers.Binary;

namespace Wharf.Cli.Builds.Lending.Keys;

/// <summary>The data types of the SSH protocols (RFC 4251, section 5): numbers with the highest byte first, strings with their length before them.</summary>
internal sealed class SshWire
{
    private readonly List<byte> _bytes = [];

    public SshWire Byte(byte value)
    {
        _bytes.Add(value);
        return this;
    }

    public SshWire Number(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        _bytes.AddRange(bytes);
        return this;
    }

    public SshWire Text(ReadOnlySpan<byte> value)
    {
        Number((uint)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    /// <summary>A number that is not negative, without needless zeros.</summary>
    public SshWire Integer(ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> digits = value.TrimStart((byte)0);
        return digits.Length > 0 && digits[0] >= 0x80 ? Text([0, .. digits]) : Text(digits);
    }

    public byte[] ToArray() => _bytes.ToArray();

    public static uint ReadNumber(ref ReadOnlySpan<byte> from)
    {
        if (from.Length < 4)
        {
            throw new FormatException("it ends early");
        }

        uint value = BinaryPrimitives.ReadUInt32BigEndian(from);
        from = from[4..];
        return value;
    }

    /// <exception cref="FormatException">It ends before the string does.</exception>
    public static ReadOnlySpan<byte> ReadText(ref ReadOnlySpan<byte> from)
    {
        uint length = ReadNumber(ref from);
        if (length > from.Length)
        {
            throw new FormatException("it ends early");
        }

        ReadOnlySpan<byte> value = from[..(int)length];
        from = from[(int)length..];
        return value;
    }
}
