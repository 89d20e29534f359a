using Wharf.Primitives;

namespace Wharf.Archive.Compression.Zstd;

/// <summary>
/// One Zstandard frame with a checksum. The library's workers compress jobs of a fixed length, so the bytes do not depend on how many
/// there are, only on there being any.
/// </summary>
internal sealed class ZstdWriter : ForwardWriter
{
    private const int OutputSize = 128 * 1024;
    private const int MostWorkers = 8;

    private readonly Stream _output;
    private readonly bool _leaveOpen;
    private readonly byte[] _buffer = new byte[OutputSize];
    private nint _context;

    /// <param name="output">Takes the frame.</param>
    /// <param name="level">1 to 22.</param>
    /// <param name="leaveOpen">Leave <paramref name="output"/> open.</param>
    /// <param name="alone">Compress in the caller's thread: for what is small, and where nobody compares bytes.</param>
    public ZstdWriter(Stream output, int level, bool leaveOpen, bool alone = false)
    {
        _output = output;
        _leaveOpen = leaveOpen;
        _context = Libzstd.ZSTD_createCCtx();
        if (_context == 0)
        {
            throw WharfException.Internal("zstd: out of memory");
        }

        Check(Libzstd.ZSTD_CCtx_setParameter(_context, Libzstd.ParameterLevel, level));
        Check(Libzstd.ZSTD_CCtx_setParameter(_context, Libzstd.ParameterChecksum, 1));

        // A library that was built without threads (Debian's static one, which is in our programs) refuses workers, and does the work itself.
        _ = Libzstd.ZSTD_CCtx_setParameter(_context, Libzstd.ParameterWorkers, alone ? 0 : Math.Min(Environment.ProcessorCount, MostWorkers));
    }

    ~ZstdWriter() => Free();

    /// <summary>Lets the library's memory go; nothing more is written, and no end.</summary>
    public void Abandon() => Free();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            (int used, int made, _) = Encode(buffer.Span, Libzstd.DirectiveContinue);
            buffer = buffer[used..];
            await _output.WriteAsync(_buffer.AsMemory(0, made), cancellationToken);
        }
    }

    private unsafe (int Used, int Made, bool Done) Encode(ReadOnlySpan<byte> data, int directive)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        fixed (byte* source = data)
        fixed (byte* target = _buffer)
        {
            var input = new Libzstd.Buffer { Data = source, Size = (nuint)data.Length };
            var output = new Libzstd.Buffer { Data = target, Size = OutputSize };
            nuint left = Check(Libzstd.ZSTD_compressStream2(_context, &output, &input, directive));
            return ((int)input.Position, (int)output.Position, left == 0);
        }
    }

    private static nuint Check(nuint result) =>
        Libzstd.ZSTD_isError(result) == 0 ? result : throw WharfException.Internal($"zstd: {Libzstd.ErrorName(result)}");

    private void Free()
    {
        nint context = Interlocked.Exchange(ref _context, 0);
        if (context != 0)
        {
            _ = Libzstd.ZSTD_freeCCtx(context);
        }
    }

    protected override async ValueTask CloseAsync()
    {
        for (bool done = false; !done;)
        {
            (_, int made, done) = Encode([], Libzstd.DirectiveEnd);
            await _output.WriteAsync(_buffer.AsMemory(0, made));
        }

        Free();
        await _output.FlushAsync();
        if (!_leaveOpen)
        {
            await _output.DisposeAsync();
        }
    }
}
