using System.Buffers.Binary;

namespace Wharf.Archive.Compression.Gzip;

/// <summary>
/// One gzip member made of blocks that are compressed at the same time, each ended by a sync flush (the way of pigz). Blocks have a
/// fixed length, so the bytes do not depend on the number of processors. No name and no time in the header.
/// </summary>
internal sealed class GzipWriter(Stream output, int level, bool leaveOpen) : ForwardWriter
{
    private const int BlockSize = 1024 * 1024;

    private readonly Queue<Task<GzipBlock>> _running = new();
    private readonly int _mostRunning = Math.Max(2, Environment.ProcessorCount + 1);
    private byte[] _block = new byte[BlockSize];
    private int _filled;
    private uint _checksum;
    private long _length;
    private bool _begun;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            int count = Math.Min(buffer.Length, BlockSize - _filled);
            buffer[..count].CopyTo(_block.AsMemory(_filled));
            _filled += count;
            buffer = buffer[count..];
            if (_filled == BlockSize)
            {
                await StartBlockAsync(cancellationToken);
            }
        }
    }

    private async ValueTask StartBlockAsync(CancellationToken ct)
    {
        byte[] block = _block;
        int length = _filled;
        _running.Enqueue(Task.Run(() => GzipBlock.Compress(block, length, level), ct));
        _filled = 0;
        _block = _running.Count >= _mostRunning ? await FinishBlockAsync(ct) : new byte[BlockSize];
    }

    private async ValueTask<byte[]> FinishBlockAsync(CancellationToken ct)
    {
        GzipBlock block = await _running.Dequeue();
        await BeginAsync(ct);
        await output.WriteAsync(block.Compressed, ct);
        _checksum = Crc32Combination.Combine(_checksum, block.Checksum, block.Length);
        _length += block.Length;
        return block.Source;
    }

    // ID1 ID2 CM FLG MTIME(4) XFL OS(unknown), as Go's compress/gzip writes it
    private async ValueTask BeginAsync(CancellationToken ct)
    {
        if (!_begun)
        {
            _begun = true;
            await output.WriteAsync(new byte[] { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255 }, ct);
        }
    }

    protected override async ValueTask CloseAsync()
    {
        if (_filled > 0)
        {
            await StartBlockAsync(CancellationToken.None);
        }

        while (_running.Count > 0)
        {
            await FinishBlockAsync(CancellationToken.None);
        }

        await BeginAsync(CancellationToken.None);
        byte[] end = new byte[10];
        end[0] = 3; // an empty last block with fixed codes
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(2), _checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(6), (uint)_length);
        await output.WriteAsync(end);
        await output.FlushAsync();
        if (!leaveOpen)
        {
            await output.DisposeAsync();
        }
    }
}
