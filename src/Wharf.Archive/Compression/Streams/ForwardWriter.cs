namespace Wharf.Archive.Compression;

/// <summary>A stream that can only be written on; what all encoders have in common.</summary>
internal abstract class ForwardWriter : Stream
{
    private bool _closed;

    /// <summary>Called once, at the first disposal.</summary>
    protected abstract ValueTask CloseAsync();

    protected sealed override void Dispose(bool disposing)
    {
        if (disposing && !_closed)
        {
            _closed = true;
            CloseAsync().AsTask().GetAwaiter().GetResult();
        }

        base.Dispose(disposing);
    }

    public sealed override async ValueTask DisposeAsync()
    {
        if (!_closed)
        {
            _closed = true;
            await CloseAsync();
        }

        await base.DisposeAsync();
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public abstract override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) =>
        WriteAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask().GetAwaiter().GetResult();

    /// <summary>Does nothing: a flush in the middle would change the compressed bytes. The end is written at disposal.</summary>
    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
