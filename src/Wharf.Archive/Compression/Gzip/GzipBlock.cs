using System.Buffers.Binary;
using System.IO.Compression;

namespace Wharf.Archive.Compression.Gzip;

/// <summary>A piece of a member: deflate blocks up to a byte boundary, without the header and trailer the framework puts around.</summary>
internal sealed record GzipBlock(byte[] Source, int Length, ReadOnlyMemory<byte> Compressed, uint Checksum)
{
    private const int HeaderLength = 10;
    private const int TrailerLength = 8;
    private const int MostStored = 65535; // LEN is 16 bits: RFC 1951, section 3.2.4

    public static GzipBlock Compress(byte[] source, int length, int level)
    {
        var output = new MemoryStream(length / 2);
        uint checksum = 0;
        for (int at = 0; at < length;)
        {
            bool noise = IsNoise(source, at, length);
            int end = at;
            do
            {
                end = Math.Min(end + Noise.Window, length);
            }
            while (end < length && IsNoise(source, end, length) == noise);

            ReadOnlySpan<byte> run = source.AsSpan(at, end - at);
            checksum = Crc32Combination.Combine(checksum, noise ? Store(run, output) : Deflate(run, output, level), run.Length);
            at = end;
        }

        return new GzipBlock(source, length, output.GetBuffer().AsMemory(0, (int)output.Length), checksum);
    }

    private static bool IsNoise(byte[] source, int at, int length) => Noise.Is(source.AsSpan(at, Math.Min(Noise.Window, length - at)));

    private static uint Deflate(ReadOnlySpan<byte> run, MemoryStream output, int level)
    {
        long begin = output.Length;
        byte[] before = begin >= HeaderLength ? output.GetBuffer().AsSpan((int)begin - HeaderLength, HeaderLength).ToArray() : [];
        // The header that is not wanted lies over what is there already, which is put back.
        output.Position = begin - before.Length;
        long flushed;
        using (var gzip = new GZipStream(output, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true))
        {
            gzip.Write(run);
            gzip.Flush(); // Z_SYNC_FLUSH: ends at a byte, last-block bit not set
            flushed = output.Position;
        }

        byte[] bytes = output.GetBuffer();
        // the checksum of the run, computed by the framework's vectorised code, stands in the trailer we drop
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan((int)output.Position - TrailerLength));
        if (before.Length > 0)
        {
            before.CopyTo(bytes, begin - HeaderLength);
        }
        else
        {
            bytes.AsSpan(HeaderLength, (int)flushed - HeaderLength).CopyTo(bytes);
            flushed -= HeaderLength;
        }

        output.SetLength(flushed);
        output.Position = flushed;
        return checksum;
    }

    private static uint Store(ReadOnlySpan<byte> run, MemoryStream output)
    {
        Span<byte> header = stackalloc byte[5];
        for (ReadOnlySpan<byte> left = run; !left.IsEmpty;)
        {
            ReadOnlySpan<byte> part = left[..Math.Min(left.Length, MostStored)];
            header[0] = 0;
            BinaryPrimitives.WriteUInt16LittleEndian(header[1..], (ushort)part.Length);
            BinaryPrimitives.WriteUInt16LittleEndian(header[3..], (ushort)~part.Length);
            output.Write(header);
            output.Write(part);
            left = left[part.Length..];
        }

        return Crc.Crc32(run);
    }
}
