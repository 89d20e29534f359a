using System.Buffers.Binary;
using System.Security.Cryptography;
using Wharf.Primitives;

namespace Wharf.Archive.Compression.Xz;

/// <summary>
/// The .xz container (tukaani.org, "The .xz File Format" 1.2), read only: streams one after another with padding between, LZMA2 as the
/// one filter, checks CRC32, CRC64 and SHA-256 verified, index compared with what was decoded. Memory follows the dictionary, at most
/// <see cref="Lzma2Decoder.LargestDictionary"/>.
/// </summary>
internal sealed class XzReader(Stream input, bool leaveOpen) : BlockReader(input, leaveOpen)
{
    private static ReadOnlySpan<byte> Magic => [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0];

    private readonly Lzma2Decoder _lzma = new();
    private readonly List<(long Unpadded, long Uncompressed)> _blocks = [];
    private XzCheck? _check;
    private bool _inBlock;
    private byte[] _flags = [];
    private XzBlockHeader _header;
    private long _blockStart;
    private long _uncompressed;

    protected override ReadOnlyMemory<byte> DecodeBlock()
    {
        while (true)
        {
            if (_check is null && !TryBeginStream())
            {
                return default;
            }

            if (!_inBlock && !TryBeginBlock())
            {
                EndStream();
                continue;
            }

            ReadOnlyMemory<byte> output = _lzma.Decode(Source);
            if (!output.IsEmpty)
            {
                _check!.Add(output.Span);
                _uncompressed += output.Length;
                return output;
            }

            EndBlock();
        }
    }

    private bool TryBeginStream()
    {
        Span<byte> header = stackalloc byte[12];
        bool first = _flags.Length == 0;
        if (first)
        {
            Require(Source.TryRead(header));
        }
        else
        {
            // streams are padded by multiples of four zero bytes
            do
            {
                int next = Source.Next();
                if (next < 0)
                {
                    return false;
                }

                header[0] = (byte)next;
                Require(Source.TryRead(header[1..4]));
            }
            while (BinaryPrimitives.ReadUInt32LittleEndian(header) == 0);
            Require(Source.TryRead(header[4..]));
        }

        if (!header.StartsWith(Magic) || header[6] != 0 || header[7] > 15 || Crc.Crc32(header.Slice(6, 2)) != BinaryPrimitives.ReadUInt32LittleEndian(header[8..]))
        {
            throw Invalid("bad stream header");
        }

        _flags = header.Slice(6, 2).ToArray();
        _check = XzCheck.Of(header[7]);
        _blocks.Clear();
        return true;
    }

    private bool TryBeginBlock()
    {
        int size = Source.Next();
        if (size <= 0)
        {
            return size == 0 ? false : throw Truncated();
        }

        _blockStart = Source.Position - 1;
        byte[] header = new byte[(size + 1) * 4];
        header[0] = (byte)size;
        Require(Source.TryRead(header.AsSpan(1)));
        _header = XzBlockHeader.Parse(header);
        _lzma.Begin(_header.DictionarySize);
        _uncompressed = 0;
        _inBlock = true;
        return true;
    }

    private void EndBlock()
    {
        long packed = Source.Position - _blockStart - _header.Length;
        if ((_header.CompressedSize >= 0 && _header.CompressedSize != packed) || (_header.UncompressedSize >= 0 && _header.UncompressedSize != _uncompressed))
        {
            throw Invalid("block has another size than its header says");
        }

        SkipPadding(packed);
        Span<byte> stored = stackalloc byte[_check!.Length];
        Require(Source.TryRead(stored));
        if (!_check.Matches(stored))
        {
            throw Invalid("checksum mismatch");
        }

        _blocks.Add((_header.Length + packed + _check.Length, _uncompressed));
        _inBlock = false;
    }

    // the index, whose first byte (zero) is read already, and the footer
    private void EndStream()
    {
        var index = new XzIndexReader(Source);
        if (index.Number() != _blocks.Count)
        {
            throw Invalid("index does not match the blocks");
        }

        foreach (var (unpadded, uncompressed) in _blocks)
        {
            if (index.Number() != unpadded || index.Number() != uncompressed)
            {
                throw Invalid("index does not match the blocks");
            }
        }

        long length = index.End();
        Span<byte> footer = stackalloc byte[12];
        Require(Source.TryRead(footer));
        if (!footer[10..].SequenceEqual("YZ"u8) || !footer.Slice(8, 2).SequenceEqual(_flags)
            || Crc.Crc32(footer.Slice(4, 6)) != BinaryPrimitives.ReadUInt32LittleEndian(footer)
            || (BinaryPrimitives.ReadUInt32LittleEndian(footer[4..]) + 1L) * 4 != length)
        {
            throw Invalid("bad stream footer");
        }

        _check!.Dispose();
        _check = null;
    }

    private void SkipPadding(long length)
    {
        for (; length % 4 != 0; length++)
        {
            if (Source.Next() != 0)
            {
                throw Invalid("bad padding");
            }
        }
    }

    private static void Require(bool read)
    {
        if (!read)
        {
            throw Truncated();
        }
    }

    protected override ValueTask CloseAsync()
    {
        _check?.Dispose();
        return base.CloseAsync();
    }

    internal static WharfException Truncated() => Invalid("unexpected end");

    internal static WharfException Invalid(string why) => WharfException.Invalid($"invalid xz data: {why}");
}
