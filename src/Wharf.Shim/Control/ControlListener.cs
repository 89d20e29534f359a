using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Shim.Loop;

namespace Wharf.Shim.Control;

/// <summary>Accepts connections on the shim's socket, from root and from the user the shim runs as; from nobody else, whatever the file's permissions say.</summary>
internal sealed class ControlListener : IWatcher
{
    private readonly EventLoop _loop;
    private readonly IRequestHandler _handler;
    private readonly Watch _watch;
    private readonly uint _ownUser;

    public ControlListener(EventLoop loop, SafeFileHandle listener, IRequestHandler handler, uint ownUser)
    {
        _loop = loop;
        _handler = handler;
        _ownUser = ownUser;
        _watch = loop.Add(listener, EpollEvents.In, this);
    }

    public void Close() => _watch.Close();

    public void Ready(EpollEvents events)
    {
        Errno errno = UnixSocketCalls.Accept(_watch.File, nonBlocking: true, out SafeFileHandle socket);
        if (errno != Errno.None)
        {
            // Out of descriptors or the peer went away again: it will try once more, we wait for the next report.
            socket.Dispose();
            return;
        }

        if (UnixSocketCalls.Credentials(socket, out PeerCredentials peer) != Errno.None || (peer.UserId != 0 && peer.UserId != _ownUser))
        {
            socket.Dispose();
            return;
        }

        _handler.Connected(new ControlConnection(_loop, socket, _handler));
    }
}
