using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Build.Copying;

/// <summary>The contents of a context that was sent once: a client that sends it again can name by their digests the files that are here.</summary>
/// <remarks>
/// On disk all contents one behind the other, then a record of 48 bytes (SHA-256, offset, length) for each, then a trailer: number of records, SHA-256 of the records, a mark.
/// Numbers are little-endian. Contents are hashed again when they are used, so that a damaged file is found.
/// </remarks>
public sealed class KnownContents : IDisposable
{
    /// <summary>Bytes of a record as clients get it: digest and length.</summary>
    public const int ListedBytes = Digest + sizeof(long);

    private const int Digest = SHA256.HashSizeInBytes, RecordBytes = Digest + (2 * sizeof(long)), TrailerBytes = sizeof(long) + Digest + 8;
    private static readonly byte[] Mark = "WHARFKC1"u8.ToArray();

    private readonly Dictionary<Hash32, (long Offset, long Length)> _places = [];

    private KnownContents(SafeFileHandle contents) => Contents = contents;

    public SafeFileHandle Contents { get; }

    public int Count => _places.Count;

    /// <summary>Opens what <see cref="Append"/> finished; null for a file that is damaged or something else.</summary>
    public static KnownContents? Open(string path)
    {
        var file = File.OpenHandle(path);
        var known = new KnownContents(file);
        if (!known.ReadRecords(RandomAccess.GetLength(file)))
        {
            known.Dispose();
            return null;
        }

        return known;
    }

    /// <summary>Writes behind the contents of a context where in them each file lies.</summary>
    public static void Append(SafeFileHandle contents, IEnumerable<(byte[] Hash, long Offset, long Length)> files)
    {
        var records = new MemoryStream();
        foreach ((byte[] hash, long offset, long length) in files.Where(f => f.Length > 0).DistinctBy(f => new Hash32(f.Hash)))
        {
            records.Write(hash);
            records.Write(Number(offset));
            records.Write(Number(length));
        }

        byte[] bytes = records.ToArray();
        RandomAccess.Write(contents, (byte[])[.. bytes, .. Number(bytes.Length / RecordBytes), .. SHA256.HashData(bytes), .. Mark], RandomAccess.GetLength(contents));
    }

    public bool TryFind(ReadOnlySpan<byte> hash, out long offset, out long length)
    {
        (offset, length) = (0, 0);
        if (hash.Length != Digest || !_places.TryGetValue(new Hash32(hash), out var place))
        {
            return false;
        }

        (offset, length) = place;
        return true;
    }

    /// <summary>Digest and length of each file, for clients.</summary>
    public byte[] List()
    {
        byte[] list = new byte[_places.Count * ListedBytes];
        int at = 0;
        foreach ((Hash32 name, var place) in _places)
        {
            name.CopyTo(list.AsSpan(at));
            BinaryPrimitives.WriteInt64LittleEndian(list.AsSpan(at + Digest), place.Length);
            at += ListedBytes;
        }

        return list;
    }

    public void Dispose() => Contents.Dispose();

    private static byte[] Number(long value)
    {
        byte[] bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }

    private bool ReadRecords(long size)
    {
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        if (size < TrailerBytes || RandomAccess.Read(Contents, trailer, size - TrailerBytes) != TrailerBytes || !trailer[^Mark.Length..].SequenceEqual(Mark))
        {
            return false;
        }

        long count = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        if (count < 0 || count > (size - TrailerBytes) / RecordBytes || count > Array.MaxLength / RecordBytes)
        {
            return false;
        }

        byte[] records = new byte[count * RecordBytes];
        long end = size - TrailerBytes - records.Length;
        if (RandomAccess.Read(Contents, records, end) != records.Length || !SHA256.HashData(records).AsSpan().SequenceEqual(trailer[sizeof(long)..^Mark.Length]))
        {
            return false;
        }

        for (ReadOnlySpan<byte> rest = records; rest.Length > 0; rest = rest[RecordBytes..])
        {
            long offset = BinaryPrimitives.ReadInt64LittleEndian(rest[Digest..]), length = BinaryPrimitives.ReadInt64LittleEndian(rest[(Digest + sizeof(long))..]);
            if (offset < 0 || length <= 0 || offset > end - length)
            {
                return false;
            }

            _places[new Hash32(rest[..Digest])] = (offset, length);
        }

        return true;
    }
}
