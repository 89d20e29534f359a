using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Runtime.Logging;
using Wharf.Shim.Loop;

namespace Wharf.Shim.Streams;

/// <summary>Reads one output of a process, a pipe or a terminal's master, for as long as somebody may write to it.</summary>
internal sealed class OutputPump : IWatcher
{
    private readonly StdioHub _hub;
    private readonly SharedBuffers _buffers;
    private readonly Watch _watch;

    public OutputPump(StdioHub hub, EventLoop loop, SharedBuffers buffers, SafeFileHandle source, LogStream stream)
    {
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
        Span<byte> frame = _buffers.Frame;
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

        frame[0] = (byte)Stream;
        frame[1..4].Clear();
        BinaryPrimitives.WriteInt32BigEndian(frame[4..], count);
        _hub.Output(Stream, frame[..(SharedBuffers.HeaderSize + count)]);
    }
}
