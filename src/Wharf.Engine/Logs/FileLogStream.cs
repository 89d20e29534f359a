using System.Buffers;
using System.IO.Pipelines;
using Wharf.Linux;

namespace Wharf.Engine.Logs;

/// <summary>Reads a log from its files, oldest first, and follows the newest while the container runs.</summary>
internal sealed class FileLogStream(string path, LogDecoder decoder, ILogEntrySink writer, LogQuery query, Task ended, IEngineLog log) : ILogStream
{
    private const int ReadSize = 256 * 1024;
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(ReadSize);
    private readonly FrameBatch _batch = new();
    private int _filled;
    private long _damaged;
    private Stream? _source;

    public bool Raw => writer.Raw;

    public async Task CopyToAsync(PipeWriter output, CancellationToken ct)
    {
        if (query.Tail == 0 && !query.Follow)
        {
            return;
        }

        var files = LogFiles.Rotated(path).Select(LogFiles.Open).OfType<Stream>().ToList();
        FileStream? current = OpenCurrent();
        try
        {
            if (current is not null)
            {
                files.Add(current);
            }

            SeekTail(files);
            foreach (Stream file in files)
            {
                if (!await DrainAsync(file, output, ct))
                {
                    return;
                }
            }

            if (query.Follow)
            {
                current = await FollowAsync(current, output, ct);
            }

            await output.FlushAsync(ct);
        }
        finally
        {
            foreach (Stream file in files)
            {
                await file.DisposeAsync();
            }

            if (current is not null)
            {
                await current.DisposeAsync();
            }

            if (_damaged > 0)
            {
                log.Warning($"the log {path} has {_damaged} lines that cannot be read; they were passed over");
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _batch.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Leaves every file at the place from which it is to be read.</summary>
    private void SeekTail(List<Stream> files)
    {
        if (query.Tail is not { } wanted)
        {
            return;
        }

        for (int i = files.Count - 1; i >= 0; i--)
        {
            if (wanted <= 0)
            {
                files[i].Position = files[i].Length;
                continue;
            }

            (long offset, long found) = decoder.FindTail(files[i], wanted);
            files[i].Position = offset;
            wanted -= found;
        }
    }

    private async Task<FileStream?> FollowAsync(FileStream? current, PipeWriter output, CancellationToken ct)
    {
        TimeSpan wait = ShortestWait;
        while (true)
        {
            // Asked before reading: what was written before the end is then read for certain.
            bool last = ended.IsCompleted;
            long before = current?.Position ?? 0;
            current ??= OpenCurrent();
            if (current is not null)
            {
                if (current.Position > current.Length)
                {
                    current.Position = 0; // started anew in place
                    _filled = 0;
                }

                if (!await DrainAsync(current, output, ct))
                {
                    return current;
                }

                if (WasReplaced(current))
                {
                    // The writer may have added to the old file between our reading and its renaming.
                    if (!await DrainAsync(current, output, ct))
                    {
                        return current;
                    }

                    await current.DisposeAsync();
                    current = OpenCurrent();
                    _filled = 0;
                    continue;
                }
            }

            if (last)
            {
                return current;
            }

            await output.FlushAsync(ct);
            wait = (current?.Position ?? 0) != before ? ShortestWait : TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, LongestWait.Ticks));
            await Task.WhenAny(ended, Task.Delay(wait, ct));
            ct.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Sends whole entries up to the end of the file. False when a later entry than wanted came, or nobody reads any more.</summary>
    private async Task<bool> DrainAsync(Stream file, PipeWriter output, CancellationToken ct)
    {
        if (!ReferenceEquals(file, _source))
        {
            _filled = 0;
            _source = file;
        }

        while (true)
        {
            int count = await file.ReadAsync(_buffer.AsMemory(_filled), ct);
            if (count == 0)
            {
                return true;
            }

            _filled += count;
            bool more = Collect();
            bool gone = (_batch.Written.IsEmpty ? await output.FlushAsync(ct) : await output.WriteAsync(_batch.Written, ct)).IsCompleted;
            _batch.Clear();
            if (gone || !more)
            {
                return false;
            }
        }
    }

    /// <summary>False when a later entry than wanted came.</summary>
    private bool Collect()
    {
        int at = 0;
        while (true)
        {
            int used = decoder.Read(_buffer.AsSpan(at, _filled - at), out LogEntry entry, out bool valid);
            if (used == 0)
            {
                break;
            }

            at += used;
            if (!valid)
            {
                _damaged++;
            }
            else if (!writer.Write(entry, _batch))
            {
                return false;
            }
        }

        _buffer.AsSpan(at, _filled - at).CopyTo(_buffer);
        _filled -= at;
        if (_filled == _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return true;
    }

    private bool WasReplaced(FileStream file)
    {
        NameCalls.Status(file.SafeFileHandle, out var mine).ThrowIfError("statx", path);
        return NameCalls.Status(FileCalls.CurrentDirectory, path, AtFlags.None, out var named) == Errno.None
            && (mine.Inode != named.Inode || mine.Device != named.Device);
    }

    private FileStream? OpenCurrent()
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // nothing was written yet
        }
    }
}
