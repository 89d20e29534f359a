using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Wharf.Archive.Compression.Xz;

/// <summary>The range decoder over one chunk's bytes.</summary>
internal ref struct LzmaRange
{
    private const uint Top = 1 << 24;

    private readonly ReadOnlySpan<byte> _data;
    private int _next;
    private uint _range;
    private uint _code;

    public LzmaRange(ReadOnlySpan<byte> data)
    {
        if (data.Length < 5 || data[0] != 0)
        {
            throw XzReader.Invalid("bad chunk");
        }

        _data = data;
        _code = BinaryPrimitives.ReadUInt32BigEndian(data[1..]);
        _range = uint.MaxValue;
        _next = 5;
    }

    /// <summary>All bytes used and nothing left over, as an encoder leaves it.</summary>
    public readonly bool IsFinished => _next == _data.Length && _code == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Bit(ref ushort probability)
    {
        uint p = probability;
        uint bound = (_range >> 11) * p;
        int bit;
        if (_code < bound)
        {
            _range = bound;
            probability = (ushort)(p + ((2048 - p) >> 5));
            bit = 0;
        }
        else
        {
            _range -= bound;
            _code -= bound;
            probability = (ushort)(p - (p >> 5));
            bit = 1;
        }

        if (_range < Top)
        {
            Normalize();
        }

        return bit;
    }

    public uint Direct(int count)
    {
        uint value = 0;
        for (; count > 0; count--)
        {
            _range >>= 1;
            uint bit = _code >= _range ? 1u : 0;
            _code -= bit * _range;
            value = (value << 1) | bit;
            if (_range < Top)
            {
                Normalize();
            }
        }

        return value;
    }

    public int Tree(Span<ushort> probabilities, int bits)
    {
        int symbol = 1;
        for (int i = 0; i < bits; i++)
        {
            symbol = (symbol << 1) | Bit(ref probabilities[symbol]);
        }

        return symbol - (1 << bits);
    }

    public int ReverseTree(Span<ushort> probabilities, int bits)
    {
        int node = 1, value = 0;
        for (int i = 0; i < bits; i++)
        {
            int bit = Bit(ref probabilities[node]);
            node = (node << 1) | bit;
            value |= bit << i;
        }

        return value;
    }

    // After the last symbol encoders normalise once more, so this may stand at the very end of the data.
    private void Normalize()
    {
        if (_next >= _data.Length)
        {
            throw XzReader.Invalid("chunk too short");
        }

        _range <<= 8;
        _code = (_code << 8) | _data[_next++];
    }
}
