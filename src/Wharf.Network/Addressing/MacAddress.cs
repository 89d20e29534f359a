using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Wharf.Primitives;

namespace Wharf.Network.Addressing;

/// <summary>A 48-bit Ethernet address. <c>default</c> (all zero) means none.</summary>
public readonly record struct MacAddress
{
    private readonly ulong _value;

    private MacAddress(ulong value) => _value = value;

    public bool IsEmpty => _value == 0;

    /// <summary>
    /// <c>02:42:</c> and the four bytes of an IPv4 address: locally administered, unique on the network as long as the address
    /// is, and the same whenever the address is given out again, so no neighbour keeps a stale entry.
    /// </summary>
    public static MacAddress FromIPv4(IPv4Value address) => new(0x0242_0000_0000UL | address.Bits);

    public static MacAddress FromBytes(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        foreach (byte b in bytes[..6])
        {
            value = value << 8 | b;
        }

        return new MacAddress(value);
    }

    public byte[] ToBytes() =>
        [(byte)(_value >> 40), (byte)(_value >> 32), (byte)(_value >> 24), (byte)(_value >> 16), (byte)(_value >> 8), (byte)_value];

    /// <summary>Reads six pairs of hexadecimal digits with colons or dashes between them.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out MacAddress address)
    {
        address = default;
        if (text is not { Length: 17 })
        {
            return false;
        }

        ulong value = 0;
        for (int i = 0; i < 6; i++)
        {
            if ((i > 0 && text[i * 3 - 1] is not (':' or '-'))
                || !byte.TryParse(text.AsSpan(i * 3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte b))
            {
                return false;
            }

            value = value << 8 | b;
        }

        address = new MacAddress(value);
        return true;
    }

    /// <exception cref="WharfException">InvalidArgument with Docker's text.</exception>
    public static MacAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw WharfException.Invalid($"invalid MAC address: {text}");

    public override string ToString() => IsEmpty ? "" : string.Create(17, _value, static (span, value) =>
    {
        for (int i = 0; i < 6; i++)
        {
            byte b = (byte)(value >> (40 - i * 8));
            b.TryFormat(span[(i * 3)..], out _, "x2", CultureInfo.InvariantCulture);
            if (i < 5)
            {
                span[i * 3 + 2] = ':';
            }
        }
    });
}
