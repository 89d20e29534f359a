using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Shim.Loop;

namespace Wharf.Shim.Streams;

/// <summary>Writes what all clients send to the one stdin of a process. While the process does not read, no client is read.</summary>
internal sealed class StdinPump : IWatcher
{
    private const int Capacity = 64 * 1024;

    private readonly StdioHub _hub;
    private readonly Watch _watch;
    private readonly ByteQueue _waiting = new(Capacity);
    private bool _closing;

    public StdinPump(StdioHub hub, EventLoop loop, SafeFileHandle target)
    {
        _hub = hub;
        _watch = loop.Add(target, EpollEvents.None, this);
    }

    /// <summary>Nothing more can be taken until the process reads.</summary>
    public bool IsBlocked => _waiting.Length > 0;

    public bool IsClosed => _closing || _watch.IsClosed;

    /// <summary>Takes all of it. To be called only when not <see cref="IsBlocked"/>, with no more than the queue's capacity.</summary>
    public void Write(ReadOnlySpan<byte> input)
    {
        if (IsClosed)
        {
            return; // the process has closed its end: what clients still send has no reader
        }

        Errno errno = FileCalls.Write(_watch.File, input, out int count);
        if (errno is not (Errno.None or Errno.EAGAIN))
        {
            Abandon();
            return;
        }

        count = errno == Errno.None ? count : 0;
        if (count < input.Length)
        {
            _waiting.Append(input[count..]);
            _watch.SetInterest(EpollEvents.Out);
        }
    }

    /// <summary>End of input for the process, after what still waits.</summary>
    public void CloseAfterRest()
    {
        _closing = true;
        if (!IsBlocked)
        {
            _watch.Close();
        }
    }

    public void Abandon()
    {
        _watch.Close();
        _waiting.Clear();
        _hub.InputUnblocked();
    }

    public void Ready(EpollEvents events)
    {
        while (_waiting.Length > 0)
        {
            Errno errno = FileCalls.Write(_watch.File, _waiting.Front, out int count);
            if (errno == Errno.EAGAIN)
            {
                return;
            }

            if (errno != Errno.None)
            {
                Abandon();
                return;
            }

            _waiting.Consume(count);
        }

        if (_closing || (events & (EpollEvents.Error | EpollEvents.Hangup)) != 0)
        {
            Abandon();
            return;
        }

        _watch.SetInterest(EpollEvents.None);
        _hub.InputUnblocked();
    }
}
