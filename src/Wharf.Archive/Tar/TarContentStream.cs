namespace Wharf.Archive.Tar;

/// <summary>The content of the reader's current member, holes read as zeros.</summary>
internal sealed class TarContentStream(TarReader reader, long length) : Stream
{
    private TarChunk _chunk;
    private int _used;
    private bool _drained;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty || _position == length)
        {
            return 0;
        }

        if (!_drained && _used == _chunk.Data.Length)
        {
            _chunk = await reader.ReadContentAsync(cancellationToken);
            _used = 0;
            _drained = _chunk.IsEnd;
        }

        long hole = (_drained ? length : _chunk.Offset) - _position;
        int count;
        if (hole > 0 && _used == 0)
        {
            count = (int)Math.Min(hole, buffer.Length);
            buffer.Span[..count].Clear();
        }
        else
        {
            count = Math.Min(buffer.Length, _chunk.Data.Length - _used);
            _chunk.Data.Span.Slice(_used, count).CopyTo(buffer.Span);
            _used += count;
        }

        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
