using Microsoft.Win32.SafeHandles;
using Wharf.Linux;

namespace Wharf.Runtime.Logging;

/// <summary>
/// The log file of one container: takes raw output of both streams, writes whole entries, rotates. Not thread-safe. What was written is
/// in the file when <see cref="Write"/> returns. Trouble with the disk never reaches the container: entries that cannot be written are counted,
/// dropped, and a note with the count follows as soon as writing works again.
/// </summary>
public sealed class LogFile : IOutputLog, ILogPieces, IDisposable
{
    private const uint Mode = 0x1A0; // 0640

    // Room for the longest entry (16 KiB of bytes that all need escaping) and a good batch of short ones.
    private const int BufferSize = 256 * 1024;

    private readonly string _path;
    private readonly LogEncoder _encoder;
    private readonly LogRotation _rotation;
    private readonly PageBuffer _buffer;
    private readonly LineSplitter _stdout = new(LogStream.Stdout);
    private readonly LineSplitter _stderr = new(LogStream.Stderr);
    private SafeFileHandle? _file;
    private long _size;
    private int _pending;
    private long _lost;
    private Errno _lostWhy;

    public LogFile(string path, LogEncoder encoder, LogRotation rotation)
    {
        _path = path;
        _encoder = encoder;
        _rotation = rotation;
        _buffer = new PageBuffer(Math.Max(BufferSize, 2 * encoder.WorstCase(LineSplitter.MaxPiece)));
        _rotation.Resume(path);
        Open(OpenFlags.Append).ThrowIfError("open", path);
    }

    /// <summary>Bytes of entries that were dropped and not yet noted in the file.</summary>
    public long LostBytes => _lost;

    /// <summary>A rotated file waits for more of its compression: call <see cref="Step"/> when there is nothing better to do.</summary>
    public bool HasWork => _rotation.HasWork;

    public void Write(LogStream stream, ReadOnlySpan<byte> output, DateTime now)
    {
        Splitter(stream).Feed(output, now, this);
        Flush();
    }

    /// <inheritdoc/>
    public void End(LogStream stream, DateTime now)
    {
        Splitter(stream).End(now, this);
        Flush();
    }

    /// <summary>A few milliseconds of compression.</summary>
    public void Step() => _rotation.Step();

    /// <summary>Gives the buffer's memory back until it is needed again.</summary>
    public void Trim() => _buffer.Trim();

    public void Dispose()
    {
        Flush();
        _rotation.Finish();
        _file?.Dispose();
        _buffer.Dispose();
    }

    /// <inheritdoc/>
    /// <remarks>In the file after the next <see cref="Flush"/>.</remarks>
    public void Piece(LogStream stream, ReadOnlySpan<byte> line, in LogPiece piece, DateTime time)
    {
        if (_rotation.IsDue(_size + _pending))
        {
            Flush();
            Rotate();
        }

        int worst = _encoder.WorstCase(line.Length);
        if (_buffer.Size - _pending < worst)
        {
            Flush();
        }

        _pending += _encoder.Encode(stream, line, piece, time, _buffer.Span[_pending..]);
    }

    private LineSplitter Splitter(LogStream stream) => stream == LogStream.Stdout ? _stdout : _stderr;

    /// <summary>Writes what <see cref="Piece"/> has gathered.</summary>
    public void Flush()
    {
        if (_pending == 0)
        {
            return;
        }

        ReadOnlySpan<byte> entries = _buffer.Span[.._pending];
        _pending = 0;
        if (_file is null && Open(OpenFlags.Append) is not Errno.None and var unopened)
        {
            Lose(entries.Length, unopened);
            return;
        }

        if (_lost > 0 && !WriteNote())
        {
            Lose(entries.Length, _lostWhy);
            return;
        }

        Put(entries);
    }

    private bool WriteNote()
    {
        byte[] note = new byte[_encoder.WorstCase(256)];
        byte[] text = System.Text.Encoding.UTF8.GetBytes($"wharf: {_lost} bytes of log entries were lost: {_lostWhy.Describe()}");
        int length = _encoder.Encode(LogStream.Stderr, text, default, DateTime.UtcNow, note);
        long before = _lost;
        _lost = 0;
        if (Put(note.AsSpan(0, length)))
        {
            return true;
        }

        _lost = before;
        return false;
    }

    private bool Put(ReadOnlySpan<byte> entries)
    {
        long start = _size;
        ReadOnlySpan<byte> rest = entries;
        while (rest.Length > 0)
        {
            Errno errno = FileCalls.Write(_file!, rest, out int count);
            if (errno != Errno.None)
            {
                int done = entries.Length - rest.Length;
                int whole = _encoder.WholeEntries(entries[..done]);
                Repair(start + whole);
                Lose(entries.Length - whole, errno);
                return false;
            }

            rest = rest[count..];
            _size += count;
        }

        return true;
    }

    // A torn entry would spoil the next one. Where even the cut fails the reader sees one damaged line.
    private void Repair(long whole)
    {
        if (_size != whole && FileCalls.Truncate(_file!, whole) == Errno.None)
        {
            _size = whole;
        }
    }

    private void Lose(int bytes, Errno why)
    {
        _lost += bytes;
        _lostWhy = why;
    }

    private void Rotate()
    {
        _file?.Dispose();
        _file = null;
        Errno moved = _rotation.Rotate(_path);
        Errno errno = Open(moved == Errno.None ? OpenFlags.Truncate | OpenFlags.Append : OpenFlags.Append);
        if (errno != Errno.None)
        {
            Lose(0, errno);
        }
    }

    private Errno Open(OpenFlags flags)
    {
        Errno errno = FileCalls.Open(_path, OpenFlags.WriteOnly | OpenFlags.Create | flags, out SafeFileHandle file, Mode);
        if (errno != Errno.None)
        {
            file.Dispose();
            return errno;
        }

        _file = file;
        _size = NameCalls.Status(file, out FileStatus status) == Errno.None ? (long)status.Size : 0;
        return Errno.None;
    }
}
