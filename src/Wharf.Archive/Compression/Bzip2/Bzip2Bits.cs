namespace Wharf.Archive.Compression.Bzip2;

/// <summary>Bits from the most significant end of each byte.</summary>
internal sealed class Bzip2Bits(ByteSource source)
{
    private ulong _bits;
    private int _count;

    /// <summary>The next bits as a number; at most 32.</summary>
    public uint Take(int count)
    {
        Need(count);
        _count -= count;
        return (uint)((_bits >> _count) & ((1UL << count) - 1));
    }

    /// <summary>Looks at bits without taking them; zeros stand in for what lies behind the end.</summary>
    public uint Peek(int count)
    {
        while (_count < count)
        {
            int next = source.Next();
            if (next < 0)
            {
                return (uint)((_bits << (count - _count)) & ((1UL << count) - 1));
            }

            _bits = (_bits << 8) | (uint)next;
            _count += 8;
        }

        return (uint)((_bits >> (_count - count)) & ((1UL << count) - 1));
    }

    public void Drop(int count)
    {
        Need(count);
        _count -= count;
    }

    public void Align() => _count &= ~7;

    /// <summary>The next whole byte, or -1 at the end of input.</summary>
    public int NextByteOrEnd() => _count >= 8 ? (int)Take(8) : source.Next();

    private void Need(int count)
    {
        while (_count < count)
        {
            int next = source.Next();
            if (next < 0)
            {
                throw Bzip2Reader.Invalid("unexpected end");
            }

            _bits = (_bits << 8) | (uint)next;
            _count += 8;
        }
    }
}
