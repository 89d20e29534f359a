using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Runtime.Shims.Protocol;
using Wharf.Shim.Loop;

namespace Wharf.Shim.Streams;

/// <summary>
/// One client of a process's stdio. Output goes straight to its socket, or to the outlet that came over it; what that does not take waits in a
/// queue. Its input is read only while the process can take it.
/// </summary>
internal sealed class AttachClient : IWatcher
{
    private const int ShutBoth = 2;

    // Ahead of a reader who is as fast as the process: each of the two then sleeps and is woken a fifth as often.
    private const int SendBuffer = 512 * 1024;

    private readonly StdioHub _hub;
    private readonly EventLoop _loop;
    private readonly SharedBuffers _buffers;
    private readonly ByteQueue _queue;
    private readonly Watch _watch;
    private Watch? _outlet;
    private OutputPump? _source;
    private bool _awaitsOutlet;
    private bool _neverWaits;
    private bool _inputOpen;
    private bool _outputOpen = true;
    private bool _finishing;

    public AttachClient(StdioHub hub, EventLoop loop, SharedBuffers buffers, SafeFileHandle socket, ShimAttachFlags flags, int queueCapacity)
    {
        _hub = hub;
        _loop = loop;
        _buffers = buffers;
        _queue = new ByteQueue(queueCapacity);
        Flags = flags;
        _inputOpen = (flags & ShimAttachFlags.Stdin) != 0;
        _awaitsOutlet = (flags & ShimAttachFlags.Outlet) != 0;
        _watch = loop.Add(socket, EpollEvents.None, this);
        _neverWaits = FileCalls.IsNonBlocking(socket);
        LastProgress = Environment.TickCount64;
    }

    public ShimAttachFlags Flags { get; }

    public int Waiting => _queue.Length;

    public int Free => _queue.Free;

    public bool IsClosed => _watch.IsClosed;

    /// <summary>When the client last took something while something waited for it.</summary>
    public long LastProgress { get; private set; }

    public void Send(ReadOnlySpan<byte> data)
    {
        Settle();
        if (!_outputOpen || _finishing)
        {
            return;
        }

        if (_queue.Length == 0 && !_awaitsOutlet)
        {
            Errno errno = SendNow(data, out int sent);
            if (errno is not (Errno.None or Errno.EAGAIN))
            {
                LoseOutput();
                return;
            }

            data = errno == Errno.None ? data[sent..] : data;
            LastProgress = Environment.TickCount64;
        }

        if (data.Length > 0)
        {
            bool first = _queue.Length == 0;
            _queue.Append(data);
            if (first)
            {
                UpdateInterest();
            }
        }
    }

    /// <summary>Nothing waits, and a call on the socket would not either.</summary>
    public bool TakesFromPipes => _queue.Length == 0 && _source is null && _outputOpen && !_finishing && !_awaitsOutlet && _neverWaits;

    /// <summary>A process stands still until the client takes what it is owed.</summary>
    public bool HoldsBack => _source is not null;

    /// <summary>Told when more can be sent: an output that owes the client the rest of a frame. Null when it no longer does.</summary>
    public void WaitWith(OutputPump? source)
    {
        if (_source != source)
        {
            _source = source;
            UpdateInterest();
        }
    }

    /// <summary>What is owed waits in the queue like everything else from here on.</summary>
    public void Settle() => _source?.Settle();

    /// <summary>Moves what is in a pipe into the socket, as much as it takes now (splice(2)): no byte of it is copied on the way.</summary>
    /// <returns>Bytes that are no longer in the pipe.</returns>
    public int SendFrom(SafeFileHandle pipe, int count)
    {
        int sent = 0;
        while (sent < count && _outputOpen)
        {
            Errno errno = FileCalls.Splice(pipe, (_outlet ?? _watch).File, count - sent, SpliceFlags.NonBlocking, out int moved);
            if (errno is not (Errno.None or Errno.EAGAIN))
            {
                LoseOutput();
            }

            if (errno != Errno.None || moved == 0)
            {
                break;
            }

            sent += moved;
            LastProgress = Environment.TickCount64;
        }

        return sent;
    }

    /// <summary>No more output comes: closes once what waits is sent.</summary>
    public void Finish()
    {
        Settle();
        _finishing = true;
        if (_queue.Length == 0 || !_outputOpen)
        {
            Farewell();
        }
        else
        {
            UpdateInterest();
        }
    }

    /// <summary>Closes at once, whatever waits.</summary>
    public void Cut()
    {
        _queue.Clear();
        Farewell();
    }

    /// <summary>The process has no stdin: what the client sends is left alone.</summary>
    public void IgnoreInput() => _inputOpen = false;

    /// <summary>Called when the process can or cannot take input.</summary>
    public void UpdateInterest()
    {
        if (IsClosed)
        {
            return;
        }

        if (!_outputOpen && !_inputOpen)
        {
            Farewell();
            return;
        }

        bool reads = _awaitsOutlet || (_inputOpen && !_finishing && _hub.CanTakeInput);
        bool writes = (_queue.Length > 0 || _source is not null) && !_awaitsOutlet;
        if (!_outputOpen && !reads)
        {
            // The hang-up is known; what the client sent before it is read when the process can take it.
            _watch.Suspend();
            return;
        }

        _outlet?.SetInterest(writes ? EpollEvents.Out : EpollEvents.None);
        _watch.SetInterest((reads ? EpollEvents.In : 0) | (writes && _outlet is null ? EpollEvents.Out : 0));
    }

    public void Ready(EpollEvents events)
    {
        if (_awaitsOutlet && !TakeOutlet())
        {
            return;
        }

        if ((events & (EpollEvents.Hangup | EpollEvents.Error)) != 0)
        {
            LoseOutput();
        }

        if (!IsClosed && (events & EpollEvents.Out) != 0)
        {
            Flush();
        }

        if (!IsClosed && _inputOpen && !_finishing && _hub.CanTakeInput && (events & (EpollEvents.In | EpollEvents.Hangup)) != 0)
        {
            ReadInput();
        }
    }

    private void Flush()
    {
        _source?.Continue();
        while (_queue.Length > 0)
        {
            Errno errno = SendNow(_queue.Front, out int sent);
            if (errno == Errno.EAGAIN)
            {
                break;
            }

            if (errno != Errno.None)
            {
                LoseOutput();
                return;
            }

            LastProgress = Environment.TickCount64;
            _queue.Consume(sent);
        }

        _hub.QueueDrained(this);
        if (_finishing && _queue.Length == 0)
        {
            Farewell();
        }
        else
        {
            UpdateInterest();
        }
    }

    private void ReadInput()
    {
        Span<byte> buffer = _buffers.Input;
        Errno errno = FileCalls.Read(_watch.File, buffer, out int count);
        if (errno == Errno.EAGAIN)
        {
            return;
        }

        if (errno == Errno.None && count > 0)
        {
            _hub.Input(buffer[..count]);
            return;
        }

        _inputOpen = false;
        bool stays = _hub.InputEnded();
        if (!_outputOpen)
        {
            Farewell();
        }
        else if (!stays)
        {
            Finish();
        }
        else
        {
            UpdateInterest();
        }
    }

    // The client is gone. What it sent before may still be on its way to the process.
    private void LoseOutput()
    {
        _outputOpen = false;
        Settle();
        _queue.Clear();
        _outlet?.Close();
        if (_inputOpen && !_finishing)
        {
            UpdateInterest();
        }
        else
        {
            Farewell();
        }

        _hub.QueueDrained(this);
    }

    private void Farewell()
    {
        if (IsClosed)
        {
            return;
        }

        _outputOpen = false;
        Settle();

        // Unread input would turn the client's end of file into a connection reset (unix(7) close).
        _ = UnixSocketCalls.Shutdown(_watch.File, ShutBoth);
        Span<byte> rest = _buffers.Input;
        while (FileCalls.Read(_watch.File, rest, out int count) == Errno.None && count > 0)
        {
        }

        _watch.Close();
        _outlet?.Close();
        _queue.Clear();
        _hub.ClientClosed(this);
    }

    // The outlet is as its owner made it: a call on it might wait.
    private Errno SendNow(ReadOnlySpan<byte> data, out int sent) => UnixSocketCalls.Send((_outlet ?? _watch).File, data, [], out sent, wait: false);

    /// <returns>False while it has not come, and when it never will.</returns>
    private bool TakeOutlet()
    {
        Errno errno = UnixSocketCalls.Receive(_watch.File, stackalloc byte[1], out int count, out SafeFileHandle[] descriptors, wait: false);
        if (errno == Errno.EAGAIN)
        {
            return false;
        }

        _awaitsOutlet = false;
        if (errno != Errno.None || count == 0)
        {
            LoseOutput();
            return false;
        }

        if (descriptors is [SafeFileHandle outlet, ..])
        {
            _outlet = _loop.Add(outlet, EpollEvents.None, new Outlet(this));
            _neverWaits = FileCalls.IsNonBlocking(outlet);
            _ = UnixSocketCalls.SetSendBuffer(outlet, SendBuffer); // without the right to it the usual size stays
        }

        Flush();
        return !IsClosed;
    }

    private void OutletReady(EpollEvents events)
    {
        if ((events & (EpollEvents.Hangup | EpollEvents.Error)) != 0)
        {
            LoseOutput();
        }
        else if ((events & EpollEvents.Out) != 0)
        {
            Flush();
        }
    }

    private sealed class Outlet(AttachClient client) : IWatcher
    {
        public void Ready(EpollEvents events) => client.OutletReady(events);
    }
}
