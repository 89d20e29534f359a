namespace Wharf.Archive.Compression;

/// <summary>A decoder that makes its output block by block.</summary>
internal abstract class BlockReader(Stream input, bool leaveOpen) : ForwardReader
{
    private ReadOnlyMemory<byte> _output;
    private bool _ended;

    protected ByteSource Source { get; } = new(input);

    /// <summary>The next block, valid until the next call; empty at the end of the data.</summary>
    protected abstract ReadOnlyMemory<byte> DecodeBlock();

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (_output.IsEmpty && !_ended)
        {
            _output = DecodeBlock();
            _ended = _output.IsEmpty;
        }

        int count = Math.Min(buffer.Length, _output.Length);
        _output.Span[..count].CopyTo(buffer);
        _output = _output[count..];
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<int>(Read(buffer.Span));
    }

    protected override ValueTask CloseAsync() => leaveOpen ? ValueTask.CompletedTask : input.DisposeAsync();
}
