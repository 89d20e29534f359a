using System.IO.Compression;

namespace Wharf.Cli.Builds;

/// <summary>A stream to read, gzip-compressed on the way: what is read is the compressed form of <paramref name="plain"/>.</summary>
internal sealed class CompressedStream : Stream
{
    private const int Chunk = 64 * 1024;

    private readonly Stream _plain;
    private readonly MemoryStream _ready = new();
    private readonly GZipStream _compressor;
    private readonly byte[] _buffer = new byte[Chunk];
    private int _taken;
    private bool _ended;

    public CompressedStream(Stream plain)
    {
        _plain = plain;
        _compressor = new GZipStream(_ready, CompressionLevel.Fastest, leaveOpen: true);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        while (_taken == _ready.Length && !_ended)
        {
            _ready.SetLength(0);
            _taken = 0;
            int count = _plain.Read(_buffer);
            if (count == 0)
            {
                _compressor.Dispose();
                _ended = true;
            }
            else
            {
                _compressor.Write(_buffer, 0, count);
            }
        }

        int given = Math.Min(buffer.Length, (int)_ready.Length - _taken);
        _ready.GetBuffer().AsSpan(_taken, given).CopyTo(buffer);
        _taken += given;
        return given;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _plain.Dispose();
            _ready.Dispose();
        }

        base.Dispose(disposing);
    }
}
