using System.Buffers.Binary;
using System.IO.Compression;

namespace Wharf.Archive.Compression.Gzip;

/// <summary>A piece of a member: deflate blocks up to a byte boundary, without the header and trailer the framework puts around.</summary>
internal sealed record GzipBlock(byte[] Source, int Length, ReadOnlyMemory<byte> Compressed, uint Checksum)
{
    private const int HeaderLength = 10;

    public static GzipBlock Compress(byte[] source, int length, int level)
    {
        var output = new MemoryStream(length / 2);
        long flushed;
        using (var gzip = new GZipStream(output, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true))
        {
            gzip.Write(source, 0, length);
            gzip.Flush(); // Z_SYNC_FLUSH: ends at a byte, last-block bit not set
            flushed = output.Length;
        }

        byte[] bytes = output.GetBuffer();
        // the checksum of the block, computed by the framework's vectorised code, stands in the trailer we drop
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan((int)output.Length - 8));
        return new GzipBlock(source, length, bytes.AsMemory(HeaderLength, (int)flushed - HeaderLength), checksum);
    }
}
