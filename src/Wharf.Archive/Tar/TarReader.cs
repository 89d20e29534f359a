using Wharf.Primitives;

namespace Wharf.Archive.Tar;

/// <summary>Data of a member: where in the file it belongs (holes lie between) and the bytes, valid until the next read.</summary>
public readonly record struct TarChunk(long Offset, ReadOnlyMemory<byte> Data)
{
    public bool IsEnd => Data.IsEmpty;
}

/// <summary>
/// Reads an uncompressed archive in one pass with bounded memory: ustar, pax with global headers, GNU long names, GNU and pax sparse
/// files, base-256 numbers, star, old v7. Reads only forward; never touches the file system. The input stays open.
/// </summary>
/// <exception cref="WharfException">InvalidArgument: not an archive, truncated or beyond a limit; names the entry and its offset.</exception>
public sealed class TarReader : IDisposable
{
    private readonly TarInput _input;
    private readonly TarLimits _limits;
    private readonly TarHeaderReader _headers;
    private readonly List<SparseSegment> _segments = [];
    private TarEntry? _current;
    private long _stored;
    private long _padding;
    private int _segment;
    private long _inSegment;
    private long _entries;
    private long _total;
    private bool _ended;

    public TarReader(Stream input, TarLimits? limits = null)
        : this(input, limits, null)
    {
    }

    internal TarReader(Stream input, TarLimits? limits, ITarObserver? observer)
    {
        _limits = limits ?? TarLimits.Default;
        _input = new TarInput(input, observer);
        _headers = new TarHeaderReader(_limits);
    }

    /// <summary>Bytes consumed so far.</summary>
    public long Position => _input.Position;

    /// <summary>The next member, or null after the last. What is left of the former's content is skipped.</summary>
    public async ValueTask<TarEntry?> ReadEntryAsync(CancellationToken ct)
    {
        if (_ended)
        {
            return null;
        }

        await SkipContentAsync(ct);
        _headers.Begin(_input.Position);
        while (true)
        {
            if (!await ReadBlockAsync(ct))
            {
                return End();
            }

            ReadOnlySpan<byte> block = _input.Span(TarBlock.Size);
            if (TarBlock.IsZero(block))
            {
                _input.Advance(TarBlock.Size);
                return await ReadTrailerAsync(ct);
            }

            if (!_headers.TryTake(block, _input.Position, out TarHeader header))
            {
                throw TarErrors.NotAnArchive(_input.Position);
            }

            _input.Advance(TarBlock.Size);
            if (!header.IsExtension)
            {
                return await StartEntryAsync(header, ct);
            }

            await ReadExtensionAsync(header, ct);
        }
    }

    /// <summary>The next piece of the current member's content; an empty chunk at its end.</summary>
    public async ValueTask<TarChunk> ReadContentAsync(CancellationToken ct)
    {
        while (_segment < _segments.Count)
        {
            SparseSegment segment = _segments[_segment];
            long left = segment.Length - _inSegment;
            if (left == 0)
            {
                _segment++;
                _inSegment = 0;
                continue;
            }

            long offset = segment.Offset + _inSegment;
            ReadOnlyMemory<byte> data = await _input.TakeContentAsync(left, offset, ct);
            if (data.IsEmpty)
            {
                throw TarErrors.Entry(_current!.Name, _current.Offset, "unexpected end of archive");
            }

            _inSegment += data.Length;
            _stored -= data.Length;
            return new TarChunk(offset, data);
        }

        return default;
    }

    /// <summary>The current member's content as a stream, holes read as zeros. Valid until the next entry is read.</summary>
    public Stream OpenContent() => new TarContentStream(this, _current?.Size ?? 0);

    /// <summary>Reads the input to its end (padding after the last member), so that a digest covers every byte.</summary>
    public async ValueTask DrainAsync(CancellationToken ct)
    {
        while (await ReadEntryAsync(ct) is not null)
        {
        }

        await _input.SkipAsync(long.MaxValue, ct);
    }

    public void Dispose() => _input.Dispose();

    private TarEntry? End()
    {
        if (_headers.HasPending)
        {
            throw TarErrors.Truncated(_input.Position);
        }

        _ended = true;
        _current = null;
        return null;
    }

    private async ValueTask<TarEntry?> ReadTrailerAsync(CancellationToken ct)
    {
        // A second zero block ends the archive; so does the end of input, as some writers leave the second out.
        if (await ReadBlockAsync(ct))
        {
            if (!TarBlock.IsZero(_input.Span(TarBlock.Size)))
            {
                throw TarErrors.NotAnArchive(_input.Position);
            }

            _input.Advance(TarBlock.Size);
        }

        return End();
    }

    private async ValueTask<bool> ReadBlockAsync(CancellationToken ct)
    {
        if (await _input.EnsureAsync(TarBlock.Size, ct))
        {
            return true;
        }

        return _input.Buffered == 0 ? false : throw TarErrors.Truncated(_input.Position);
    }

    private async ValueTask ReadExtensionAsync(TarHeader header, CancellationToken ct)
    {
        byte[] content = new byte[_headers.CheckExtension(header)];
        for (int filled = 0; filled < content.Length;)
        {
            ReadOnlyMemory<byte> part = await _input.TakeAsync(content.Length - filled, ct);
            if (part.IsEmpty)
            {
                throw TarErrors.Truncated(_input.Position);
            }

            part.CopyTo(content.AsMemory(filled));
            filled += part.Length;
        }

        if (!await _input.SkipAsync(Padding(content.Length), ct))
        {
            throw TarErrors.Truncated(_input.Position);
        }

        _headers.AddExtension(header, content);
    }

    private async ValueTask<TarEntry> StartEntryAsync(TarHeader header, CancellationToken ct)
    {
        TarEntry entry = _headers.Finish(ref header, _segments, out SparseForm form);
        _current = entry;
        if (++_entries > _limits.MaxEntries)
        {
            throw TarErrors.Entry(entry.Name, entry.Offset, $"the archive has more than {_limits.MaxEntries} entries");
        }

        _stored = header.StoredSize;
        _padding = Padding(_stored);
        if (form == SparseForm.OldContinued)
        {
            await ReadOldSparseBlocksAsync(entry, ct);
        }
        else if (form == SparseForm.InContent)
        {
            await ReadSparseContentAsync(entry, ct);
        }

        if (form != SparseForm.None)
        {
            if (SparseMap.Problem(_segments, entry.Size, _stored) is { } problem)
            {
                throw TarErrors.Entry(entry.Name, entry.Offset, problem);
            }
        }
        else
        {
            _segments.Clear();
            _segments.Add(new SparseSegment(0, _stored));
        }

        if (entry.Size > _limits.MaxTotalSize - _total)
        {
            throw TarErrors.Entry(entry.Name, entry.Offset, $"the archive's content is larger than {_limits.MaxTotalSize} bytes");
        }

        _total += entry.Size;
        _segment = 0;
        _inSegment = 0;
        return entry;
    }

    private async ValueTask ReadOldSparseBlocksAsync(TarEntry entry, CancellationToken ct)
    {
        bool more = true;
        while (more)
        {
            if (!await ReadBlockAsync(ct))
            {
                throw TarErrors.Truncated(_input.Position);
            }

            ReadOnlySpan<byte> block = _input.Span(TarBlock.Size);
            if (!SparseMap.TryAppendOld(_segments, block[..504]) || _segments.Count > _limits.MaxSparseSegments)
            {
                throw TarErrors.Entry(entry.Name, entry.Offset, "malformed or too long sparse map");
            }

            more = block[504] != 0;
            _input.Advance(TarBlock.Size);
        }
    }

    // pax 1.0: the content begins with decimal lines, the count and then the pairs, padded to a block
    private async ValueTask ReadSparseContentAsync(TarEntry entry, CancellationToken ct)
    {
        var numbers = new List<long>();
        long wanted = 1, number = 0;
        int digits = 0;
        while (numbers.Count < wanted)
        {
            if (_stored < TarBlock.Size || !await _input.EnsureAsync(TarBlock.Size, ct))
            {
                throw TarErrors.Entry(entry.Name, entry.Offset, "malformed sparse map");
            }

            foreach (byte b in _input.Span(TarBlock.Size))
            {
                if (b == '\n' && digits > 0)
                {
                    numbers.Add(number);
                    wanted = 1 + (2 * numbers[0]);
                    number = digits = 0;
                }
                else if (b is >= (byte)'0' and <= (byte)'9' && ++digits <= 18)
                {
                    number = (number * 10) + (b - '0');
                }
                else if (numbers.Count < wanted)
                {
                    throw TarErrors.Entry(entry.Name, entry.Offset, "malformed sparse map");
                }

                if (numbers.Count > 0 && numbers[0] > _limits.MaxSparseSegments)
                {
                    throw TarErrors.Entry(entry.Name, entry.Offset, "too long sparse map");
                }

                if (numbers.Count == wanted)
                {
                    break;
                }
            }

            _input.Advance(TarBlock.Size);
            _stored -= TarBlock.Size;
        }

        numbers.RemoveAt(0);
        SparseMap.TryFromNumbers(numbers, _segments);
    }

    private async ValueTask SkipContentAsync(CancellationToken ct)
    {
        if (_current is null)
        {
            return;
        }

        if (!await _input.SkipAsync(_stored, ct))
        {
            throw TarErrors.Entry(_current.Name, _current.Offset, "unexpected end of archive");
        }

        // Docker's client leaves the padding of the last entry out, with the end mark, when it adds a Dockerfile from its standard input.
        await _input.SkipAsync(_padding, ct);

        _stored = _padding = 0;
        _current = null;
    }

    private static long Padding(long size) => -size & (TarBlock.Size - 1);
}
