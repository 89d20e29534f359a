namespace Wharf.Archive.Compression.Bzip2;

/// <summary>One canonical Huffman code, decoded by comparing against the largest code of each length.</summary>
internal sealed class Bzip2Huffman
{
    private const int LongestCode = 20;
    private const int FastBits = 10;

    private readonly int[] _limit = new int[LongestCode + 2];
    private readonly int[] _base = new int[LongestCode + 2];
    private readonly ushort[] _symbols;
    private readonly ushort[] _fast = new ushort[1 << FastBits];

    public Bzip2Huffman(ReadOnlySpan<byte> lengths)
    {
        _symbols = new ushort[lengths.Length];
        int code = 0, index = 0;
        for (int length = 1; length <= LongestCode; length++)
        {
            _base[length] = index - code;
            for (int symbol = 0; symbol < lengths.Length; symbol++)
            {
                if (lengths[symbol] == length)
                {
                    if (code >= 1 << length)
                    {
                        throw Bzip2Reader.Invalid("bad code lengths");
                    }

                    FillFast(code, length, symbol);
                    _symbols[index++] = (ushort)symbol;
                    code++;
                }
            }

            _limit[length] = code;
            code <<= 1;
        }
    }

    // symbol in the upper bits, length in the lower five; zero where the code is longer than the table
    private void FillFast(int code, int length, int symbol)
    {
        if (length <= FastBits)
        {
            int shift = FastBits - length;
            _fast.AsSpan(code << shift, 1 << shift).Fill((ushort)((symbol << 5) | length));
        }
    }

    public int Decode(Bzip2Bits bits)
    {
        int entry = _fast[bits.Peek(FastBits)];
        if (entry != 0)
        {
            bits.Drop(entry & 31);
            return entry >> 5;
        }

        int window = (int)bits.Peek(LongestCode);
        for (int length = FastBits + 1; length <= LongestCode; length++)
        {
            int code = window >> (LongestCode - length);
            if (code < _limit[length])
            {
                int index = code + _base[length];
                if (index < 0 || index >= _symbols.Length)
                {
                    break;
                }

                bits.Drop(length);
                return _symbols[index];
            }
        }

        throw Bzip2Reader.Invalid("bad code");
    }
}
