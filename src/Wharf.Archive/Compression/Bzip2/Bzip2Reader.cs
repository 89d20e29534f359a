using Wharf.Primitives;

namespace Wharf.Archive.Compression.Bzip2;

/// <summary>
/// bzip2, read only; several streams one after another are one content, as the bzip2 program has it. Memory: 4.5 MB for the largest
/// blocks. Randomised blocks, which no program has written since 0.9.5 (1999), are refused.
/// </summary>
internal sealed class Bzip2Reader : BlockReader
{
    private const long BlockMagic = 0x314159265359;
    private const long EndMagic = 0x177245385090;
    private const int BlockUnit = 100_000;

    private readonly Bzip2Bits _bits;
    private Bzip2Block? _block;
    private uint _combined;
    private bool _inStream;

    public Bzip2Reader(Stream input, bool leaveOpen)
        : base(input, leaveOpen) => _bits = new Bzip2Bits(Source);

    protected override ReadOnlyMemory<byte> DecodeBlock()
    {
        while (true)
        {
            if (!_inStream && !TryBeginStream())
            {
                return default;
            }

            long magic = ((long)_bits.Take(24) << 24) | _bits.Take(24);
            if (magic == BlockMagic)
            {
                ReadOnlyMemory<byte> output = _block!.Decode(_bits, out uint checksum);
                _combined = ((_combined << 1) | (_combined >> 31)) ^ checksum;
                if (!output.IsEmpty)
                {
                    return output;
                }
            }
            else if (magic == EndMagic)
            {
                uint expected = (_bits.Take(16) << 16) | _bits.Take(16);
                if (expected != _combined)
                {
                    throw Invalid("checksum mismatch");
                }

                _bits.Align();
                _inStream = false;
            }
            else
            {
                throw Invalid("bad block header");
            }
        }
    }

    private bool TryBeginStream()
    {
        bool first = _block is null;
        int start = _bits.NextByteOrEnd();
        if (start < 0 && !first)
        {
            return false;
        }

        if (start != 'B' || _bits.Take(8) != 'Z' || _bits.Take(8) != 'h')
        {
            throw Invalid("bad stream header");
        }

        uint level = _bits.Take(8) - '0';
        if (level is < 1 or > 9)
        {
            throw Invalid("bad stream header");
        }

        _block = new Bzip2Block((int)level * BlockUnit);
        _combined = 0;
        _inStream = true;
        return true;
    }

    internal static WharfException Invalid(string why) => WharfException.Invalid($"invalid bzip2 data: {why}");
}
