using System.Runtime.CompilerServices;

namespace Wharf.Archive.Compression.Xz;

/// <summary>
/// LZMA as the LZMA SDK's specification (lzma-specification.txt) describes it, one chunk at a time: a range coder over adaptive bits
/// that choose between literals, matches and repeated distances.
/// </summary>
internal sealed class LzmaDecoder
{
    private const int States = 12;
    private const int MostPositionStates = 16;
    private const int MatchMinimum = 2;
    private const ushort Even = 1024;

    private readonly ushort[] _isMatch = new ushort[States * MostPositionStates];
    private readonly ushort[] _isRep = new ushort[States];
    private readonly ushort[] _isRep0 = new ushort[States];
    private readonly ushort[] _isRep1 = new ushort[States];
    private readonly ushort[] _isRep2 = new ushort[States];
    private readonly ushort[] _isRep0Long = new ushort[States * MostPositionStates];
    private readonly ushort[] _slots = new ushort[4 * 64];
    private readonly ushort[] _special = new ushort[128];
    private readonly ushort[] _align = new ushort[16];
    private readonly LzmaLengths _matchLengths = new();
    private readonly LzmaLengths _repLengths = new();
    private ushort[] _literals = [];
    private int _lc;
    private int _literalMask;
    private int _positionMask;
    private int _state;
    private uint _rep0;
    private uint _rep1;
    private uint _rep2;
    private uint _rep3;
    private long _total;

    public void SetProperties(byte properties)
    {
        int lc = properties % 9, lp = properties / 9 % 5, pb = properties / 45;
        if (pb > 4 || lc + lp > 4)
        {
            throw XzReader.Invalid("bad properties");
        }

        _lc = lc;
        _literalMask = (1 << lp) - 1;
        _positionMask = (1 << pb) - 1;
        int literals = 0x300 << (lc + lp);
        if (_literals.Length != literals)
        {
            _literals = new ushort[literals];
        }

        ResetState();
    }

    public void ResetState()
    {
        foreach (ushort[] table in (ReadOnlySpan<ushort[]>)[_isMatch, _isRep, _isRep0, _isRep1, _isRep2, _isRep0Long, _slots, _special, _align, _literals])
        {
            table.AsSpan().Fill(Even);
        }

        _matchLengths.Reset();
        _repLengths.Reset();
        _state = 0;
        _rep0 = _rep1 = _rep2 = _rep3 = 0;
        _total = 0;
    }

    /// <summary>Decodes exactly <paramref name="length"/> bytes to <paramref name="position"/>; <paramref name="valid"/> bytes before it may be referred to.</summary>
    public void Decode(ReadOnlySpan<byte> packed, byte[] window, int position, int length, int valid)
    {
        var range = new LzmaRange(packed);
        int begin = position, end = position + length;
        long positionBase = _total - position;
        while (position < end)
        {
            int positionState = (int)(position + positionBase) & _positionMask;
            if (range.Bit(ref _isMatch[(_state << 4) + positionState]) == 0)
            {
                window[position] = Literal(ref range, window, position, (int)(position + positionBase), valid + (position - begin));
                position++;
                continue;
            }

            int count = Match(ref range, positionState);
            if (_rep0 >= (uint)(valid + (position - begin)))
            {
                throw XzReader.Invalid("match reaches before the data");
            }

            if (count > end - position)
            {
                throw XzReader.Invalid("match reaches beyond the chunk");
            }

            Copy(window, position, (int)_rep0 + 1, count);
            position += count;
        }

        _total += length;
        if (!range.IsFinished)
        {
            throw XzReader.Invalid("chunk has the wrong length");
        }
    }

    private byte Literal(ref LzmaRange range, byte[] window, int position, int absolute, int available)
    {
        int previous = available > 0 ? window[position - 1] : 0;
        int context = ((absolute & _literalMask) << _lc) + (previous >> (8 - _lc));
        Span<ushort> table = _literals.AsSpan(0x300 * context, 0x300);
        int symbol = 1;
        if (_state >= 7)
        {
            if (_rep0 >= (uint)available)
            {
                throw XzReader.Invalid("match reaches before the data");
            }

            int match = window[position - (int)_rep0 - 1];
            do
            {
                match <<= 1;
                int matchBit = match & 0x100;
                int bit = range.Bit(ref table[0x100 + matchBit + symbol]);
                symbol = (symbol << 1) | bit;
                if (matchBit >> 8 != bit)
                {
                    break;
                }
            }
            while (symbol < 0x100);
        }

        while (symbol < 0x100)
        {
            symbol = (symbol << 1) | range.Bit(ref table[symbol]);
        }

        _state = _state < 4 ? 0 : _state < 10 ? _state - 3 : _state - 6;
        return (byte)symbol;
    }

    // Reads a match or a repeat; leaves its distance (less one) in _rep0 and gives its length.
    private int Match(ref LzmaRange range, int positionState)
    {
        if (range.Bit(ref _isRep[_state]) == 0)
        {
            (_rep3, _rep2, _rep1) = (_rep2, _rep1, _rep0);
            int length = _matchLengths.Decode(ref range, positionState);
            _state = _state < 7 ? 7 : 10;
            _rep0 = Distance(ref range, length);
            return length + MatchMinimum;
        }

        if (range.Bit(ref _isRep0[_state]) == 0)
        {
            if (range.Bit(ref _isRep0Long[(_state << 4) + positionState]) == 0)
            {
                _state = _state < 7 ? 9 : 11;
                return 1;
            }
        }
        else if (range.Bit(ref _isRep1[_state]) == 0)
        {
            (_rep1, _rep0) = (_rep0, _rep1);
        }
        else if (range.Bit(ref _isRep2[_state]) == 0)
        {
            (_rep2, _rep1, _rep0) = (_rep1, _rep0, _rep2);
        }
        else
        {
            (_rep3, _rep2, _rep1, _rep0) = (_rep2, _rep1, _rep0, _rep3);
        }

        int repeated = _repLengths.Decode(ref range, positionState);
        _state = _state < 7 ? 8 : 11;
        return repeated + MatchMinimum;
    }

    private uint Distance(ref LzmaRange range, int length)
    {
        int slot = range.Tree(_slots.AsSpan(Math.Min(length, 3) * 64, 64), 6);
        if (slot < 4)
        {
            return (uint)slot;
        }

        int direct = (slot >> 1) - 1;
        uint distance = (2u | ((uint)slot & 1)) << direct;
        if (slot < 14)
        {
            return distance + (uint)range.ReverseTree(_special.AsSpan((int)distance - slot), direct);
        }

        distance += range.Direct(direct - 4) << 4;
        distance += (uint)range.ReverseTree(_align, 4);
        return distance;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(byte[] window, int position, int distance, int count)
    {
        if (distance >= count)
        {
            window.AsSpan(position - distance, count).CopyTo(window.AsSpan(position));
            return;
        }

        for (int end = position + count; position < end; position++)
        {
            window[position] = window[position - distance];
        }
    }
}
