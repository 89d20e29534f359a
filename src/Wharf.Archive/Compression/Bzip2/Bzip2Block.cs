namespace Wharf.Archive.Compression.Bzip2;

/// <summary>Decodes one block: Huffman codes, move-to-front and runs of zero, the inverse Burrows-Wheeler transform, runs of bytes, checksum.</summary>
internal sealed class Bzip2Block(int capacity)
{
    private const int SymbolsPerGroup = 50;
    private const int LongestCode = 20;

    private readonly uint[] _transform = new uint[capacity];
    private byte[] _output = [];

    public ReadOnlyMemory<byte> Decode(Bzip2Bits bits, out uint checksum)
    {
        uint expected = (bits.Take(16) << 16) | bits.Take(16);
        if (bits.Take(1) != 0)
        {
            throw Bzip2Reader.Invalid("randomised blocks are not supported");
        }

        int origin = (int)bits.Take(24);
        int length = ReadSymbols(bits);
        if (origin >= length)
        {
            throw Bzip2Reader.Invalid("bad origin");
        }

        int count = Undo(origin, length);
        checksum = Bzip2Checksum.Of(_output.AsSpan(0, count));
        return checksum == expected ? _output.AsMemory(0, count) : throw Bzip2Reader.Invalid("checksum mismatch");
    }

    private int ReadSymbols(Bzip2Bits bits)
    {
        byte[] front = ReadUsedBytes(bits, out int used);
        int groups = (int)bits.Take(3);
        int selectors = (int)bits.Take(15);
        if (groups is < 2 or > 6 || selectors == 0)
        {
            throw Bzip2Reader.Invalid("bad tables");
        }

        byte[] selector = ReadSelectors(bits, groups, selectors);
        int end = used + 1;
        var codes = new Bzip2Huffman[groups];
        for (int i = 0; i < groups; i++)
        {
            codes[i] = ReadCode(bits, used + 2);
        }

        int length = 0, run = 0, weight = 1, group = -1, left = 0;
        Bzip2Huffman code = codes[0];
        while (true)
        {
            if (left == 0)
            {
                if (++group >= selectors)
                {
                    throw Bzip2Reader.Invalid("bad selectors");
                }

                code = codes[selector[group]];
                left = SymbolsPerGroup;
            }

            left--;
            int symbol = code.Decode(bits);
            if (symbol <= 1)
            {
                // runs are written in a bijective base 2
                run += weight << symbol;
                weight <<= 1;
                if (run > capacity)
                {
                    throw Bzip2Reader.Invalid("block too long");
                }

                continue;
            }

            if (run > 0)
            {
                Append(ref length, front[0], run);
                run = 0;
                weight = 1;
            }

            if (symbol == end)
            {
                return length;
            }

            int index = symbol - 1;
            byte value = front[index];
            front.AsSpan(0, index).CopyTo(front.AsSpan(1));
            front[0] = value;
            Append(ref length, value, 1);
        }
    }

    private void Append(ref int length, byte value, int count)
    {
        if (count > capacity - length)
        {
            throw Bzip2Reader.Invalid("block too long");
        }

        _transform.AsSpan(length, count).Fill(value);
        length += count;
    }

    private static byte[] ReadUsedBytes(Bzip2Bits bits, out int used)
    {
        byte[] front = new byte[256];
        used = 0;
        uint ranges = bits.Take(16);
        for (int i = 0; i < 16; i++)
        {
            if ((ranges & (0x8000 >> i)) == 0)
            {
                continue;
            }

            uint map = bits.Take(16);
            for (int j = 0; j < 16; j++)
            {
                if ((map & (0x8000 >> j)) != 0)
                {
                    front[used++] = (byte)((i * 16) + j);
                }
            }
        }

        return used > 0 ? front : throw Bzip2Reader.Invalid("no symbols");
    }

    private static byte[] ReadSelectors(Bzip2Bits bits, int groups, int count)
    {
        Span<byte> order = [0, 1, 2, 3, 4, 5];
        byte[] selector = new byte[count];
        for (int i = 0; i < count; i++)
        {
            int index = 0;
            while (bits.Take(1) == 1)
            {
                if (++index >= groups)
                {
                    throw Bzip2Reader.Invalid("bad selectors");
                }
            }

            byte chosen = order[index];
            order[..index].CopyTo(order[1..]);
            order[0] = chosen;
            selector[i] = chosen;
        }

        return selector;
    }

    private static Bzip2Huffman ReadCode(Bzip2Bits bits, int symbols)
    {
        Span<byte> lengths = stackalloc byte[258];
        int length = (int)bits.Take(5);
        for (int i = 0; i < symbols; i++)
        {
            while (true)
            {
                if (length is < 1 or > LongestCode)
                {
                    throw Bzip2Reader.Invalid("bad code lengths");
                }

                if (bits.Take(1) == 0)
                {
                    break;
                }

                length += bits.Take(1) == 0 ? 1 : -1;
            }

            lengths[i] = (byte)length;
        }

        return new Bzip2Huffman(lengths[..symbols]);
    }

    private int Undo(int origin, int length)
    {
        Span<int> starts = stackalloc int[256];
        starts.Clear();
        for (int i = 0; i < length; i++)
        {
            starts[(byte)_transform[i]]++;
        }

        int sum = 0;
        for (int i = 0; i < 256; i++)
        {
            (starts[i], sum) = (sum, sum + starts[i]);
        }

        for (int i = 0; i < length; i++)
        {
            _transform[starts[(byte)_transform[i]]++] |= (uint)i << 8;
        }

        uint position = _transform[origin] >> 8;
        int same = 0, previous = -1, count = 0;
        for (int i = 0; i < length; i++)
        {
            uint entry = _transform[position];
            byte value = (byte)entry;
            position = entry >> 8;
            if (same == 4)
            {
                // after four equal bytes comes how many more there are
                Grow(count + value);
                _output.AsSpan(count, value).Fill((byte)previous);
                count += value;
                same = 0;
                previous = -1;
                continue;
            }

            same = value == previous ? same + 1 : 1;
            previous = value;
            Grow(count + 1);
            _output[count++] = value;
        }

        return count;
    }

    private void Grow(int needed)
    {
        if (needed > _output.Length)
        {
            Array.Resize(ref _output, Math.Max(needed, Math.Max(capacity, _output.Length * 2)));
        }
    }
}
