using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;
using Wharf.Shim.Loop;

namespace Wharf.Shim.OtherRuntimes;

/// <summary>The socket on which a runtime hands over the master of the terminal it made (--console-socket).</summary>
internal sealed class ConsoleSocket : IWatcher
{
    private static int s_count;

    private readonly string _name;
    private readonly Watch _watch;
    private SafeFileHandle? _master;

    public ConsoleSocket(EventLoop loop)
    {
        // Relative to the shim's own directory: a bundle's path may be too long for a socket address.
        _name = $"console-{++s_count}";
        UnixSocketCalls.Listen(_name, SocketKind.Stream, nonBlocking: true, 1, out SafeFileHandle listener).ThrowIfError("listen", _name);
        _watch = loop.Add(listener, EpollEvents.In, this);
    }

    public string[] Arguments => ["--console-socket", Reachable()];

    // The runtime connects by this path, and to an address of at most 107 bytes: a longer one it reaches through our working directory.
    private string Reachable()
    {
        const int LongestAddress = 107;
        string path = Path.GetFullPath(_name);
        return System.Text.Encoding.UTF8.GetByteCount(path) <= LongestAddress ? path : $"/proc/{ProcessCalls.OwnPid}/cwd/{_name}";
    }

    /// <summary>The master that has arrived; the caller owns it.</summary>
    public SafeFileHandle Take()
    {
        if (_master is null)
        {
            Ready(EpollEvents.In); // the program's end may have been seen before what it sent
        }

        return _master ?? throw WharfException.Internal("the runtime has not sent the terminal");
    }

    public void Close()
    {
        _watch.Close();
        _ = NameCalls.Unlink(FileCalls.CurrentDirectory, _name);
    }

    public void Ready(EpollEvents events)
    {
        if (UnixSocketCalls.Accept(_watch.File, nonBlocking: false, out SafeFileHandle connection) != Errno.None)
        {
            connection.Dispose();
            return;
        }

        using (connection)
        {
            Span<byte> name = stackalloc byte[4096];
            Errno errno = UnixSocketCalls.Receive(connection, name, out _, out SafeFileHandle[] descriptors);
            if (errno == Errno.None && descriptors.Length > 0)
            {
                _master = descriptors[0];
            }
        }
    }
}
