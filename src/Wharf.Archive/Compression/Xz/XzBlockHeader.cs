using System.Buffers.Binary;
using Wharf.Primitives;

namespace Wharf.Archive.Compression.Xz;

/// <summary>What a block's header says; sizes are -1 where it is silent.</summary>
internal readonly record struct XzBlockHeader(int Length, long CompressedSize, long UncompressedSize, uint DictionarySize)
{
    private const ulong Lzma2 = 0x21;

    public static XzBlockHeader Parse(ReadOnlySpan<byte> header)
    {
        if (Crc.Crc32(header[..^4]) != BinaryPrimitives.ReadUInt32LittleEndian(header[^4..]))
        {
            throw XzReader.Invalid("bad block header");
        }

        byte flags = header[1];
        if ((flags & 0x3c) != 0)
        {
            throw XzReader.Invalid("bad block header");
        }

        ReadOnlySpan<byte> rest = header[2..^4];
        long compressed = (flags & 0x40) != 0 ? (long)Number(ref rest) : -1;
        long uncompressed = (flags & 0x80) != 0 ? (long)Number(ref rest) : -1;
        ulong filter = Number(ref rest);
        if ((flags & 3) != 0 || filter != Lzma2)
        {
            throw WharfException.Invalid($"xz data with filters beside LZMA2 is not supported (filter 0x{filter:x})");
        }

        if (Number(ref rest) != 1 || rest.IsEmpty || rest[0] > 40)
        {
            throw XzReader.Invalid("bad block header");
        }

        int bits = rest[0];
        uint dictionary = bits == 40 ? uint.MaxValue : (2u | (uint)(bits & 1)) << ((bits / 2) + 11);
        return rest[1..].ContainsAnyExcept((byte)0) ? throw XzReader.Invalid("bad block header")
            : new XzBlockHeader(header.Length, compressed, uncompressed, dictionary);
    }

    private static ulong Number(ref ReadOnlySpan<byte> data)
    {
        ulong number = 0;
        for (int i = 0; i < 9 && i < data.Length; i++)
        {
            number |= (ulong)(data[i] & 0x7f) << (7 * i);
            if ((data[i] & 0x80) == 0)
            {
                data = data[(i + 1)..];
                return number;
            }
        }

        throw XzReader.Invalid("bad block header");
    }
}
