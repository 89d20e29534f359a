using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;
using Wharf.Runtime.Shims.Protocol;
using Wharf.Shim.Loop;
using Wharf.Shim.Streams;

namespace Wharf.Shim.Control;

/// <summary>One connection on the shim's socket: frames in, frames out. An attach request turns it into a stdio connection.</summary>
internal sealed class ControlConnection : IWatcher
{
    private const int FirstBuffer = 2048;

    // Events for a daemon that never reads them: it is cut off and asks for the state when it comes again.
    private const int MaxUnsent = 256 * 1024;

    private readonly IRequestHandler _handler;
    private readonly ByteQueue _unsent = new(MaxUnsent);
    private readonly Watch _watch;
    private byte[] _buffer = [];
    private int _used;

    public ControlConnection(EventLoop loop, SafeFileHandle socket, IRequestHandler handler)
    {
        _handler = handler;
        _watch = loop.Add(socket, EpollEvents.In, this);
    }

    /// <summary>A daemon that said hello: it gets the events.</summary>
    public bool IsDaemon { get; set; }

    public bool IsClosed => _watch.IsClosed;

    public void Send(ShimReply reply)
    {
        if (IsClosed)
        {
            return;
        }

        byte[] frame = ShimWire.Encode(reply);
        ReadOnlySpan<byte> rest = frame;
        if (_unsent.Length == 0)
        {
            Errno errno = UnixSocketCalls.Send(_watch.File, rest, [], out int sent);
            if (errno is not (Errno.None or Errno.EAGAIN))
            {
                Close();
                return;
            }

            rest = errno == Errno.None ? rest[sent..] : rest;
        }

        if (rest.Length > _unsent.Free)
        {
            Close();
        }
        else if (rest.Length > 0)
        {
            _unsent.Append(rest);
            _watch.SetInterest(EpollEvents.In | EpollEvents.Out);
        }
    }

    public void Fail(ShimRequest request, ErrorKind kind, string text) =>
        Send(new ShimReply { Kind = ShimReplyKind.Error, Sequence = request.Sequence, Code = (int)kind, Text = text });

    public void Done(ShimRequest request) => Send(new ShimReply { Kind = ShimReplyKind.Ok, Sequence = request.Sequence });

    /// <summary>Leaves the socket to a stdio stream: a copy of the descriptor, this connection ends.</summary>
    public SafeFileHandle Detach()
    {
        FileCalls.Duplicate(_watch.File, out SafeFileHandle copy).ThrowIfError("dup");
        Close();
        return copy;
    }

    public void Close()
    {
        if (!IsClosed)
        {
            _watch.Close();
            _unsent.Clear();
            _buffer = [];
            _handler.Disconnected(this);
        }
    }

    public void Ready(EpollEvents events)
    {
        if ((events & EpollEvents.Out) != 0 && !Flush())
        {
            return;
        }

        if ((events & (EpollEvents.In | EpollEvents.Hangup | EpollEvents.Error)) != 0)
        {
            Receive();
        }
    }

    private bool Flush()
    {
        while (_unsent.Length > 0)
        {
            Errno errno = UnixSocketCalls.Send(_watch.File, _unsent.Front, [], out int sent);
            if (errno == Errno.EAGAIN)
            {
                return true;
            }

            if (errno != Errno.None)
            {
                Close();
                return false;
            }

            _unsent.Consume(sent);
        }

        _watch.SetInterest(EpollEvents.In);
        return true;
    }

    private void Receive()
    {
        if (_used == _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(FirstBuffer, _buffer.Length * 2));
        }

        Errno errno = FileCalls.Read(_watch.File, _buffer.AsSpan(_used), out int count);
        if (errno == Errno.EAGAIN)
        {
            return;
        }

        if (errno != Errno.None || count == 0)
        {
            Close();
            return;
        }

        _used += count;
        while (!IsClosed && HandleFrame())
        {
        }

        if (_used == 0 && _buffer.Length > FirstBuffer)
        {
            _buffer = []; // a launch was big; the next requests are small
        }
    }

    private bool HandleFrame()
    {
        OperationStatus status = ShimWire.TryFrame(_buffer.AsSpan(0, _used), out ReadOnlySpan<byte> body, out int consumed);
        if (status == OperationStatus.NeedMoreData)
        {
            return false;
        }

        ShimRequest request;
        try
        {
            request = status == OperationStatus.Done ? ShimWire.DecodeRequest(body) : throw WharfException.DataLoss("frame length out of bounds");
        }
        catch (WharfException)
        {
            Close(); // whoever sends such bytes is no daemon of ours
            return false;
        }

        _buffer.AsSpan(consumed, _used - consumed).CopyTo(_buffer);
        _used -= consumed;
        try
        {
            _handler.Handle(this, request);
        }
        catch (WharfException refusal)
        {
            Fail(request, refusal.Kind, refusal.Message);
        }
        catch (Exception defect)
        {
            // A defect in one request must not cost the container its parent.
            ErrorLog.Write($"request {(byte)request.Kind}: {defect}");
            Fail(request, ErrorKind.Internal, $"shim: {defect.Message}");
        }

        return true;
    }
}
