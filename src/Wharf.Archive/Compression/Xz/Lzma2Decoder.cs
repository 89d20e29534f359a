using System.Buffers.Binary;
using Wharf.Primitives;

namespace Wharf.Archive.Compression.Xz;

/// <summary>
/// LZMA2: chunks of up to 2 MB, plain or LZMA, that share one dictionary. Output is decoded into a linear buffer that keeps the
/// dictionary in front and is moved down when full, so matches never wrap.
/// </summary>
internal sealed class Lzma2Decoder
{
    /// <summary>Twice what xz -9 asks for; a header can ask for 4 GB.</summary>
    public const uint LargestDictionary = 128 * 1024 * 1024;

    private const int LargestChunk = 2 * 1024 * 1024;
    private const int SmallestSlack = LargestChunk;
    private const int LargestSlack = 16 * 1024 * 1024;

    private readonly LzmaDecoder _lzma = new();
    private readonly byte[] _packed = new byte[64 * 1024];
    private byte[] _window = [];
    private int _dictionary;
    private int _position;
    private int _valid;
    private bool _needDictionaryReset;
    private bool _needProperties;

    public void Begin(uint dictionarySize)
    {
        if (dictionarySize > LargestDictionary)
        {
            throw WharfException.Invalid($"xz data needs a dictionary of {dictionarySize} bytes; {LargestDictionary} is the most allowed");
        }

        _dictionary = (int)Math.Max(dictionarySize, 4096);
        int length = _dictionary + Math.Clamp(_dictionary, SmallestSlack, LargestSlack);
        if (_window.Length < length)
        {
            _window = GC.AllocateUninitializedArray<byte>(length);
        }

        _position = _valid = 0;
        _needDictionaryReset = _needProperties = true;
    }

    /// <summary>The output of the next chunk; empty at the end of the block.</summary>
    public ReadOnlyMemory<byte> Decode(ByteSource source)
    {
        int control = Byte(source);
        if (control == 0)
        {
            return default;
        }

        if (control == 1 || control >= 0xe0)
        {
            _valid = 0;
            _needDictionaryReset = false;
        }
        else if (_needDictionaryReset)
        {
            throw XzReader.Invalid("dictionary was never reset");
        }

        if (control >= 0x80)
        {
            return DecodePacked(source, control);
        }

        return control <= 2 ? CopyPlain(source) : throw XzReader.Invalid("bad chunk");
    }

    private ReadOnlyMemory<byte> CopyPlain(ByteSource source)
    {
        int length = Short(source) + 1;
        MakeRoom(length);
        if (!source.TryRead(_window.AsSpan(_position, length)))
        {
            throw XzReader.Truncated();
        }

        return Took(length);
    }

    private ReadOnlyMemory<byte> DecodePacked(ByteSource source, int control)
    {
        int length = ((control & 0x1f) << 16) + Short(source) + 1;
        int packed = Short(source) + 1;
        int reset = (control >> 5) & 3;
        if (reset >= 2)
        {
            _lzma.SetProperties((byte)Byte(source));
            _needProperties = false;
        }
        else if (_needProperties)
        {
            throw XzReader.Invalid("chunk without properties");
        }
        else if (reset == 1)
        {
            _lzma.ResetState();
        }

        if (!source.TryRead(_packed.AsSpan(0, packed)))
        {
            throw XzReader.Truncated();
        }

        MakeRoom(length);
        _lzma.Decode(_packed.AsSpan(0, packed), _window, _position, length, _valid);
        return Took(length);
    }

    private ReadOnlyMemory<byte> Took(int length)
    {
        var output = _window.AsMemory(_position, length);
        _position += length;
        _valid = Math.Min(_dictionary, _valid + length);
        return output;
    }

    private void MakeRoom(int length)
    {
        if (_window.Length - _position < length)
        {
            _window.AsSpan(_position - _valid, _valid).CopyTo(_window);
            _position = _valid;
        }
    }

    private static int Byte(ByteSource source)
    {
        int next = source.Next();
        return next >= 0 ? next : throw XzReader.Truncated();
    }

    private static int Short(ByteSource source)
    {
        Span<byte> number = stackalloc byte[2];
        return source.TryRead(number) ? BinaryPrimitives.ReadUInt16BigEndian(number) : throw XzReader.Truncated();
    }
}
