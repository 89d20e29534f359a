using System.IO.Compression;
using Wharf.Primitives;

namespace Wharf.Archive.Compression.Gzip;

/// <summary>
/// gzip (RFC 1952), every member of it, checksums verified. The framework's stream is silent when its input ends early or goes on
/// with something else; so a last member of our own follows the input, and only when its content comes out was the input whole.
/// </summary>
internal sealed class GzipReader : ForwardReader
{
    private const int BufferSize = 128 * 1024;

    private readonly MarkedInput _input;
    private readonly GZipStream _inner;
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _start;
    private int _end;
    private bool _ended;

    public GzipReader(Stream input, bool leaveOpen)
    {
        _input = new MarkedInput(input, leaveOpen);
        _inner = new GZipStream(_input, CompressionMode.Decompress);
    }

    public override int Read(Span<byte> buffer)
    {
        while (!_ended && _end - _start <= GzipMarker.Length)
        {
            MakeRoom();
            try
            {
                Took(_inner.Read(_buffer, _end, BufferSize - _end));
            }
            catch (InvalidDataException e)
            {
                throw Invalid(e);
            }
        }

        return Give(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!_ended && _end - _start <= GzipMarker.Length)
        {
            MakeRoom();
            try
            {
                Took(await _inner.ReadAsync(_buffer.AsMemory(_end, BufferSize - _end), cancellationToken));
            }
            catch (InvalidDataException e)
            {
                throw Invalid(e);
            }
        }

        return Give(buffer.Span);
    }

    private void MakeRoom()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
    }

    private void Took(int count)
    {
        _end += count;
        if (count > 0)
        {
            return;
        }

        if (_input.Length == 0 || _end - _start != GzipMarker.Length || !_buffer.AsSpan(_start, GzipMarker.Length).SequenceEqual(GzipMarker.Content))
        {
            throw WharfException.Invalid("invalid gzip data: unexpected end or trailing garbage");
        }

        _ended = true;
        _start = _end;
    }

    // the last bytes are held back until they turn out not to be the marker
    private int Give(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, Math.Max(0, _end - _start - GzipMarker.Length));
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    private static WharfException Invalid(InvalidDataException e) => WharfException.Invalid("invalid gzip data", e);

    protected override ValueTask CloseAsync() => _inner.DisposeAsync();
}
