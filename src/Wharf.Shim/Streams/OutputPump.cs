using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Runtime.Logging;
using Wharf.Shim.Loop;

namespace Wharf.Shim.Streams;

/// <summary>Reads one output of a process, a pipe or a terminal's master, for as long as somebody may write to it.</summary>
internal sealed class OutputPump : IWatcher
{
    // Below this the calls cost more than the copies.
    private const int WorthPassing = 32 * 1024;

    private readonly StdioHub _hub;
    private readonly SharedBuffers _buffers;
    private readonly Watch _watch;
    private readonly bool _isTerminal;

    // A frame whose header is sent and whose rest is still in the pipe.
    private AttachClient? _reader;
    private int _owed;

    public OutputPump(StdioHub hub, EventLoop loop, SharedBuffers buffers, SafeFileHandle source, LogStream stream, bool isTerminal)
    {
        _isTerminal = isTerminal;
        _hub = hub;
        Stream = stream;
        _buffers = buffers;
        _watch = loop.Add(source, EpollEvents.In, this);
    }

    public LogStream Stream { get; }

    public bool IsClosed => _watch.IsClosed;

    public void Hold() => _watch.Suspend();

    public void Resume() => _watch.SetInterest(EpollEvents.In);

    public void Close() => _watch.Close();

    public void Ready(EpollEvents events)
    {
        Settle();
        Span<byte> frame = _buffers.Frame;
        if (!_isTerminal && _hub.OnlyReader(Stream) is { } reader && FileCalls.Available(_watch.File, out int waiting) == Errno.None && waiting >= WorthPassing)
        {
            Pass(reader, frame, Math.Min(waiting, frame.Length - SharedBuffers.HeaderSize));
            return;
        }

        Errno errno = FileCalls.Read(_watch.File, frame[SharedBuffers.HeaderSize..], out int count);
        if (errno == Errno.EAGAIN)
        {
            return;
        }

        // A terminal's master answers EIO once nobody holds the other side open.
        if (errno != Errno.None || count == 0)
        {
            Close();
            _hub.OutputEnded(Stream);
            return;
        }

        WriteHeader(frame, count);
        _hub.Output(Stream, frame[..(SharedBuffers.HeaderSize + count)]);
    }

    /// <summary>The client can take more of what it is owed.</summary>
    public void Continue()
    {
        int sent = _reader!.SendFrom(_watch.File, _owed);

        // A client that was lost meanwhile has settled it.
        if (_reader is not null && (_owed -= sent) == 0)
        {
            Release();
        }
    }

    /// <summary>What a client is owed is read after all, to wait with what comes behind it, or to be forgotten when the client is gone.</summary>
    public void Settle()
    {
        if (_reader is not { } reader)
        {
            return;
        }

        int left = _owed;
        Release();

        // Not into the frame: the other output's may be in it, on its way to this client.
        Span<byte> piece = _buffers.Input;
        while (left > 0 && FileCalls.Read(_watch.File, piece[..Math.Min(left, piece.Length)], out int count) == Errno.None && count > 0)
        {
            reader.Send(piece[..count]);
            left -= count;
        }
    }

    // What a client is the only one to want goes from the pipe to its socket within the kernel. While that takes no more, the process waits as it would for a
    // reader of its own.
    private void Pass(AttachClient reader, Span<byte> frame, int count)
    {
        WriteHeader(frame, count);
        reader.Send(_hub.IsRaw(reader.Flags) ? [] : frame[..SharedBuffers.HeaderSize]);
        (_reader, _owed) = (reader, count);
        if (reader.TakesFromPipes)
        {
            Continue();
        }

        if (_reader is null)
        {
            return;
        }

        if (!reader.TakesFromPipes)
        {
            Settle();
            return;
        }

        _watch.Suspend();
        reader.WaitWith(this);
        _hub.WatchForStalls();
    }

    private void Release()
    {
        _reader!.WaitWith(null);
        (_reader, _owed) = (null, 0);
        if (!IsClosed && !_hub.IsHeld)
        {
            Resume();
        }
    }

    private void WriteHeader(Span<byte> frame, int count)
    {
        frame[0] = (byte)Stream;
        frame[1..4].Clear();
        BinaryPrimitives.WriteInt32BigEndian(frame[4..], count);
    }
}
