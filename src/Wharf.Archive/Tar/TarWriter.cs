using System.Runtime.InteropServices;
using Wharf.Primitives;

namespace Wharf.Archive.Tar;

/// <summary>
/// Writes an archive with the headers Go's archive/tar chooses, so that our layers look like Docker's: ustar when all fields fit, pax
/// otherwise, times in whole seconds, no process id, no clock. Same entries, same bytes.
/// </summary>
public sealed class TarWriter(Stream output, bool leaveOpen = true) : IAsyncDisposable
{
    private const int BufferSize = 128 * 1024;

    private readonly List<byte> _header = [];
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _buffered;
    private long _owed;
    private int _padding;

    /// <summary>Writes a member and its whole content (<see cref="TarEntry.Size"/> bytes; null when it has none).</summary>
    /// <exception cref="WharfException">InvalidArgument: the content is shorter than the entry says.</exception>
    public async ValueTask WriteEntryAsync(TarEntry entry, Stream? content, CancellationToken ct)
    {
        await WriteHeaderAsync(entry, ct);
        while (_owed > 0 && content is not null)
        {
            if (_buffered == BufferSize)
            {
                await FlushBufferAsync(ct);
            }

            int read = await content.ReadAsync(_buffer.AsMemory(_buffered, (int)Math.Min(_owed, BufferSize - _buffered)), ct);
            if (read == 0)
            {
                break;
            }

            _buffered += read;
            _owed -= read;
        }

        RequireComplete();
    }

    /// <summary>A regular file of which the content is at hand.</summary>
    public async ValueTask WriteFileAsync(TarEntry entry, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        entry.Size = content.Length;
        await WriteHeaderAsync(entry, ct);
        await WriteContentAsync(content, ct);
    }

    /// <summary>The header alone; <see cref="WriteContentAsync"/> must then be given exactly <see cref="TarEntry.Size"/> bytes.</summary>
    public async ValueTask WriteHeaderAsync(TarEntry entry, CancellationToken ct)
    {
        RequireComplete();
        await PadAsync(ct);
        _header.Clear();
        TarHeaderWriter.Append(entry, _header);
        if (_header.Count <= BufferSize - _buffered)
        {
            CollectionsMarshal.AsSpan(_header).CopyTo(_buffer.AsSpan(_buffered));
            _buffered += _header.Count;
        }
        else
        {
            await PutAsync(_header.ToArray(), ct);
        }

        _owed = entry.Type == TarEntryType.File ? entry.Size : 0;
        _padding = (int)(-_owed & (TarBlock.Size - 1));
    }

    public ValueTask WriteContentAsync(ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        if (data.Length > _owed)
        {
            throw new InvalidOperationException("more content than the entry's size");
        }

        _owed -= data.Length;
        return PutAsync(data, ct);
    }

    /// <summary>Ends the archive (two zero blocks) and flushes the output.</summary>
    public async ValueTask FinishAsync(CancellationToken ct)
    {
        RequireComplete();
        await PadAsync(ct);
        await PutAsync(new byte[2 * TarBlock.Size], ct);
        await FlushBufferAsync(ct);
        await output.FlushAsync(ct);
    }

    public ValueTask DisposeAsync() => leaveOpen ? ValueTask.CompletedTask : output.DisposeAsync();

    private void RequireComplete()
    {
        if (_owed > 0)
        {
            throw WharfException.Invalid($"tar entry ended {_owed} bytes before its size");
        }
    }

    private async ValueTask PadAsync(CancellationToken ct)
    {
        if (_padding > 0)
        {
            if (_padding > BufferSize - _buffered)
            {
                await FlushBufferAsync(ct);
            }

            _buffer.AsSpan(_buffered, _padding).Clear();
            _buffered += _padding;
            _padding = 0;
        }
    }

    private async ValueTask PutAsync(ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        if (data.Length > BufferSize - _buffered)
        {
            await FlushBufferAsync(ct);
        }

        if (data.Length >= BufferSize / 2)
        {
            await FlushBufferAsync(ct);
            await output.WriteAsync(data, ct);
            return;
        }

        data.CopyTo(_buffer.AsMemory(_buffered));
        _buffered += data.Length;
    }

    private async ValueTask FlushBufferAsync(CancellationToken ct)
    {
        if (_buffered > 0)
        {
            await output.WriteAsync(_buffer.AsMemory(0, _buffered), ct);
            _buffered = 0;
        }
    }
}
