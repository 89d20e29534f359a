using Wharf.Primitives;

namespace Wharf.Archive.Compression.Zstd;

/// <summary>Zstandard (RFC 8878): all frames and skippable frames to the end of input. Memory is bounded by the library's window limit (128 MB).</summary>
internal sealed class ZstdReader : ForwardReader
{
    private const int InputSize = 128 * 1024;

    private readonly Stream _input;
    private readonly bool _leaveOpen;
    private readonly byte[] _buffer = new byte[InputSize];
    private nint _context;
    private int _start;
    private int _end;
    private bool _inFrame;
    private bool _outputFull;
    private bool _ended;

    public ZstdReader(Stream input, bool leaveOpen)
    {
        _input = input;
        _leaveOpen = leaveOpen;
        _context = Libzstd.ZSTD_createDCtx();
        if (_context == 0)
        {
            throw WharfException.Internal("zstd: out of memory");
        }
    }

    ~ZstdReader() => Free();

    public override int Read(Span<byte> buffer)
    {
        while (!_ended && !buffer.IsEmpty)
        {
            if (_start == _end && !_outputFull)
            {
                Took(_input.Read(_buffer));
            }

            if (Decode(buffer) is > 0 and var count)
            {
                return count;
            }
        }

        return 0;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!_ended && !buffer.IsEmpty)
        {
            if (_start == _end && !_outputFull)
            {
                Took(await _input.ReadAsync(_buffer, cancellationToken));
            }

            if (Decode(buffer.Span) is > 0 and var count)
            {
                return count;
            }
        }

        return 0;
    }

    private void Took(int count)
    {
        _start = 0;
        _end = count;
        if (count == 0)
        {
            _ended = !_inFrame ? true : throw WharfException.Invalid("invalid zstd data: unexpected end");
        }
    }

    private unsafe int Decode(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        if (_ended)
        {
            return 0;
        }

        fixed (byte* source = _buffer)
        fixed (byte* target = buffer)
        {
            var input = new Libzstd.Buffer { Data = source, Size = (nuint)_end, Position = (nuint)_start };
            var output = new Libzstd.Buffer { Data = target, Size = (nuint)buffer.Length };
            nuint result = Libzstd.ZSTD_decompressStream(_context, &output, &input);
            if (Libzstd.ZSTD_isError(result) != 0)
            {
                throw WharfException.Invalid($"invalid zstd data: {Libzstd.ErrorName(result)}");
            }

            _inFrame = result != 0;
            _start = (int)input.Position;
            // a full output may hide more that waits inside, to be fetched without new input
            _outputFull = output.Position == output.Size && _inFrame;
            return (int)output.Position;
        }
    }

    private void Free()
    {
        nint context = Interlocked.Exchange(ref _context, 0);
        if (context != 0)
        {
            _ = Libzstd.ZSTD_freeDCtx(context);
        }
    }

    protected override ValueTask CloseAsync()
    {
        Free();
        return _leaveOpen ? ValueTask.CompletedTask : _input.DisposeAsync();
    }
}
