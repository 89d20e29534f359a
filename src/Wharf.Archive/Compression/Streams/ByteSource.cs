namespace Wharf.Archive.Compression;

/// <summary>Single bytes and spans from a stream, for decoders that work a bit at a time. Blocks where the stream does.</summary>
internal sealed class ByteSource(Stream input)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>Bytes handed out.</summary>
    public long Position { get; private set; }

    /// <summary>The next byte, or -1 at the end.</summary>
    public int Next()
    {
        if (_start == _end && !Fill())
        {
            return -1;
        }

        Position++;
        return _buffer[_start++];
    }

    /// <summary>False when the input ends before <paramref name="target"/> is full.</summary>
    public bool TryRead(Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            if (_start == _end && !Fill())
            {
                return false;
            }

            int count = Math.Min(target.Length, _end - _start);
            _buffer.AsSpan(_start, count).CopyTo(target);
            _start += count;
            Position += count;
            target = target[count..];
        }

        return true;
    }

    private bool Fill()
    {
        // Always the asynchronous read: request bodies of the API server refuse the other.
        _start = 0;
        ValueTask<int> read = input.ReadAsync(_buffer);
        _end = read.IsCompletedSuccessfully ? read.Result : read.AsTask().GetAwaiter().GetResult();
        return _end > 0;
    }
}
