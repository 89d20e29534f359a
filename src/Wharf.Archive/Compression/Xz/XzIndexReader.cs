using System.Buffers.Binary;

namespace Wharf.Archive.Compression.Xz;

/// <summary>Reads an index byte by byte with its checksum; the indicator byte counts as read.</summary>
internal sealed class XzIndexReader(ByteSource source)
{
    private readonly long _start = source.Position - 1;
    private uint _checksum = Crc.Crc32([0]);

    public long Number()
    {
        long number = 0;
        for (int i = 0; i < 9; i++)
        {
            byte b = Next();
            number |= (long)(b & 0x7f) << (7 * i);
            if ((b & 0x80) == 0)
            {
                return number;
            }
        }

        throw XzReader.Invalid("bad index");
    }

    /// <summary>Padding and checksum; gives the length of the whole index.</summary>
    public long End()
    {
        while ((source.Position - _start) % 4 != 0)
        {
            if (Next() != 0)
            {
                throw XzReader.Invalid("bad index");
            }
        }

        Span<byte> stored = stackalloc byte[4];
        return source.TryRead(stored) && BinaryPrimitives.ReadUInt32LittleEndian(stored) == _checksum
            ? source.Position - _start : throw XzReader.Invalid("bad index");
    }

    private byte Next()
    {
        int next = source.Next();
        if (next < 0)
        {
            throw XzReader.Truncated();
        }

        _checksum = Crc.Crc32([(byte)next], _checksum);
        return (byte)next;
    }
}
