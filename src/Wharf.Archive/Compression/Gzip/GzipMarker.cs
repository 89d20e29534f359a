using System.IO.Compression;
using System.Security.Cryptography;

namespace Wharf.Archive.Compression.Gzip;

/// <summary>A gzip member with content that nobody can foresee, put behind an input to see whether the decoder gets that far.</summary>
internal static class GzipMarker
{
    public const int Length = 16;

    public static readonly byte[] Content = RandomNumberGenerator.GetBytes(Length);

    public static readonly byte[] Member = Compress();

    private static byte[] Compress()
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            gzip.Write(Content);
        }

        return output.ToArray();
    }
}

/// <summary>An input with the marker behind it, in large reads whatever the reader asks for.</summary>
internal sealed class MarkedInput(Stream input, bool leaveOpen) : ForwardReader
{
    private const int BufferSize = 128 * 1024;

    private byte[] _buffer = new byte[BufferSize];
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>Bytes of the input itself so far.</summary>
    public new long Length { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        if (_start == _end && !_ended)
        {
            Took(input.Read(_buffer));
        }

        return Give(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_start == _end && !_ended)
        {
            Took(await input.ReadAsync(_buffer, cancellationToken));
        }

        return Give(buffer.Span);
    }

    private void Took(int count)
    {
        Length += count;
        _start = 0;
        _end = count;
        if (count == 0)
        {
            _ended = true;
            _buffer = GzipMarker.Member;
            _end = _buffer.Length;
        }
    }

    private int Give(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    protected override ValueTask CloseAsync() => leaveOpen ? ValueTask.CompletedTask : input.DisposeAsync();
}
