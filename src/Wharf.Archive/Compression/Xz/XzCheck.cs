using System.Buffers.Binary;
using System.Security.Cryptography;
using Wharf.Primitives;

namespace Wharf.Archive.Compression.Xz;

/// <summary>The integrity check of a stream's blocks, reset by each comparison.</summary>
internal sealed class XzCheck : IDisposable
{
    private readonly int _type;
    private readonly IncrementalHash? _sha256;
    private uint _crc32;
    private ulong _crc64;

    private XzCheck(int type)
    {
        _type = type;
        _sha256 = type == 10 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
    }

    public int Length => _type switch { 0 => 0, 1 => 4, 4 => 8, _ => 32 };

    public static XzCheck Of(int type) => type is 0 or 1 or 4 or 10 ? new XzCheck(type)
        : throw WharfException.Invalid($"xz data with check type {type} is not supported");

    public void Add(ReadOnlySpan<byte> data)
    {
        switch (_type)
        {
            case 1:
                _crc32 = Crc.Crc32(data, _crc32);
                break;
            case 4:
                _crc64 = Crc.Crc64(data, _crc64);
                break;
            case 10:
                _sha256!.AppendData(data);
                break;
        }
    }

    public bool Matches(ReadOnlySpan<byte> stored)
    {
        bool matches = _type switch
        {
            0 => true,
            1 => BinaryPrimitives.ReadUInt32LittleEndian(stored) == _crc32,
            4 => BinaryPrimitives.ReadUInt64LittleEndian(stored) == _crc64,
            _ => stored.SequenceEqual(_sha256!.GetHashAndReset()),
        };
        _crc32 = 0;
        _crc64 = 0;
        return matches;
    }

    public void Dispose() => _sha256?.Dispose();
}
