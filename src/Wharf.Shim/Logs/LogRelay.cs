using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;
using Wharf.Runtime.Logging;
using Wharf.Shim.Loop;
using Wharf.Shim.Processes;
using Wharf.Shim.Streams;

namespace Wharf.Shim.Logs;

/// <summary>
/// The log of a container whose output never waits for the disk: whole entries queue for a <see cref="LogWriter"/>, and while the queue is full new ones are
/// dropped, as Docker's non-blocking mode does. A process and no thread, since a program with one thread can clone safely.
/// </summary>
internal sealed class LogRelay : IOutputLog, ILogPieces, IWatcher, IDisposable
{
    // As long as Docker waits for a log to be written when a container has ended.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly LineSplitter _stdout = new(LogStream.Stdout);
    private readonly LineSplitter _stderr = new(LogStream.Stderr);
    private readonly ByteQueue _queue;
    private readonly Watch _pipe;
    private readonly LoopTimer _patience;
    private bool _waiting;
    private bool _ending;
    private bool _writerEnded;
    private Action? _ended;

    /// <param name="settings">The log's settings as JSON.</param>
    /// <param name="capacity">Bytes that may wait.</param>
    public LogRelay(EventLoop loop, ChildReaper reaper, byte[] settings, long capacity)
    {
        _queue = new ByteQueue((int)Math.Clamp(capacity, sizeof(int) + settings.Length + PieceFrame.MaxSize, Array.MaxLength));
        _patience = new LoopTimer(loop, Close);
        FileCalls.Pipe(out SafeFileHandle theirs, out SafeFileHandle ours).ThrowIfError("pipe");
        using (theirs)
        {
            FileCalls.SetNonBlocking(ours, true).ThrowIfError("fcntl");
            Errno errno = ProcessSpawner.Spawn("/proc/self/exe", ["wharf-shim", LogWriter.Argument], [], [theirs.Number(), 2, 2], null, newSession: true, out int pid);
            errno.ThrowIfError("posix_spawn", "the writer of the log");
            reaper.Await(pid, _ => WriterEnded());
        }

        _pipe = loop.Add(ours, EpollEvents.None, this);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, settings.Length);
        _queue.Append(length);
        _queue.Append(settings);
        Pump();
    }

    /// <summary>Entries that found no room.</summary>
    public long Dropped { get; private set; }

    public void Write(LogStream stream, ReadOnlySpan<byte> output, DateTime now)
    {
        Splitter(stream).Feed(output, now, this);
        Pump();
    }

    public void End(LogStream stream, DateTime now)
    {
        Splitter(stream).End(now, this);
        Pump();
    }

    public void Piece(LogStream stream, ReadOnlySpan<byte> line, in LogPiece piece, DateTime time)
    {
        int size = PieceFrame.HeaderSize + line.Length;
        if (_queue.Free < size)
        {
            Pump();
        }

        if (_pipe.IsClosed || _queue.Free < size)
        {
            Dropped++;
            return;
        }

        Span<byte> header = stackalloc byte[PieceFrame.HeaderSize];
        PieceFrame.WriteHeader(header, stream, line.Length, piece, time);
        _queue.Append(header);
        _queue.Append(line);
    }

    /// <summary>Nothing more comes. Calls back when all is in the file, or when the disk has had its time.</summary>
    public void Finish(Action ended)
    {
        _ended = ended;
        _ending = true;
        if (_writerEnded)
        {
            Close();
            return;
        }

        _patience.Restart(Patience);
        Pump();
    }

    public void Ready(EpollEvents events)
    {
        if ((events & (EpollEvents.Error | EpollEvents.Hangup)) != 0)
        {
            WriterEnded();
            return;
        }

        Pump();
    }

    public void Dispose()
    {
        _patience.Cancel();
        _pipe.Close();
        _queue.Clear();
    }

    private LineSplitter Splitter(LogStream stream) => stream == LogStream.Stdout ? _stdout : _stderr;

    private void Pump()
    {
        while (_queue.Length > 0 && !_pipe.IsClosed)
        {
            Errno errno = FileCalls.Write(_pipe.File, _queue.Front, out int count);
            if (errno == Errno.EAGAIN)
            {
                Await(true);
                return;
            }

            if (errno != Errno.None)
            {
                WriterEnded();
                return;
            }

            _queue.Consume(count);
        }

        Await(false);
        if (_ending)
        {
            // the end of the pipe is the writer's end, and that is heard of
            _pipe.Close();
        }
    }

    private void Await(bool room)
    {
        if (room != _waiting && !_pipe.IsClosed)
        {
            _waiting = room;
            _pipe.SetInterest(room ? EpollEvents.Out : EpollEvents.None);
        }
    }

    private void WriterEnded()
    {
        _writerEnded = true;
        if (!_ending)
        {
            ErrorLog.Write("the writer of the log has ended before its time");
        }

        Close();
    }

    private void Close()
    {
        Dispose();
        Action? ended = _ended;
        _ended = null;
        ended?.Invoke();
    }
}
