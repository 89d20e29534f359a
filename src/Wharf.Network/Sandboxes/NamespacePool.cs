using System.Collections.Concurrent;
using Wharf.Linux;
using Wharf.Linux.Netlink;
using Wharf.Primitives;

namespace Wharf.Network.Sandboxes;

/// <summary>
/// Ready network namespaces: making one costs the kernel more than all the rest of a container's network, so some wait, with a path, an open netlink
/// socket, loopback up and Docker's defaults set, and are replaced beside the path of the start.
/// </summary>
internal sealed class NamespacePool : IDisposable
{
    private readonly ConcurrentQueue<SandboxNamespace> _ready = new();
    private readonly NamespaceThread _thread;
    private readonly string _directory;
    private readonly int _size;
    private readonly INetworkLog _log;
    private int _filling;
    private volatile bool _disposed;

    public NamespacePool(NamespaceThread thread, string directory, int size, INetworkLog log)
    {
        _thread = thread;
        _directory = directory;
        _size = size;
        _log = log;
        Directory.CreateDirectory(directory);
    }

    public SandboxNamespace Take()
    {
        if (!_ready.TryDequeue(out SandboxNamespace? ready))
        {
            ready = Create();
        }

        Refill();
        return ready;
    }

    /// <summary>Fills the pool in the background; one filler at a time.</summary>
    public void Refill()
    {
        if (_ready.Count < _size && Interlocked.CompareExchange(ref _filling, 1, 0) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static pool => pool.Fill(), this, preferLocal: false);
        }
    }

    /// <summary>Opens a namespace that lived on from a former daemon.</summary>
    public SandboxNamespace? Adopt(string id, string path)
    {
        if (NetworkNamespace.Open(path, out var handle) != Errno.None)
        {
            return null;
        }

        try
        {
            return new SandboxNamespace(id, path, handle, _thread.Run(handle, RouteConnection.Open));
        }
        catch (WharfException)
        {
            // The file is there, but nothing is mounted on it any more: setns(2) says that it is no namespace.
            handle.Dispose();
            return null;
        }
    }

    /// <summary>Lets go of a namespace: its path goes at once, the kernel takes its interfaces when the last process has left.</summary>
    public void Release(SandboxNamespace sandbox)
    {
        sandbox.Dispose();
        NetworkNamespace.Unbind(sandbox.Path);
    }

    public void Dispose()
    {
        _disposed = true;
        SpinWait.SpinUntil(() => Volatile.Read(ref _filling) == 0, TimeSpan.FromSeconds(5));
        while (_ready.TryDequeue(out SandboxNamespace? ready))
        {
            Release(ready);
        }
    }

    private void Fill()
    {
        try
        {
            while (_ready.Count < _size && !_disposed)
            {
                _ready.Enqueue(Create());
            }
        }
        catch (Exception e) when (e is WharfException or IOException or UnauthorizedAccessException)
        {
            // The next start makes its own and tells its user what is wrong.
            _log.Warning($"cannot prepare network namespaces: {e.Message}");
        }
        finally
        {
            Volatile.Write(ref _filling, 0);
        }
    }

    private SandboxNamespace Create()
    {
        string id = ObjectId.New();
        string path = Path.Combine(_directory, ObjectId.Shorten(id));

        // Cleaners of temporary folders take away what looks empty.
        Directory.CreateDirectory(_directory);
        (var handle, RouteConnection route) = _thread.Create(ns =>
        {
            RouteConnection connection = RouteConnection.Open();
            try
            {
                Prepare(connection);
                NetworkNamespace.Bind(ns, path);
                return connection;
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        });
        return new SandboxNamespace(id, path, handle, route);
    }

    private static void Prepare(RouteConnection connection)
    {
        const int loopback = 1;
        connection.SetUp(loopback).ThrowIfError("bring up loopback");

        // Docker's defaults for containers: any user may ping and bind low ports. Kernels without one of them have nothing to set.
        NetworkNamespace.SetSysctl("net/ipv4/ip_unprivileged_port_start", "0");
        NetworkNamespace.SetSysctl("net/ipv4/ping_group_range", "0 2147483647");

        // IPv6 is switched on for an interface when it gets an address; nothing is learned from the network.
        NetworkNamespace.SetSysctl("net/ipv6/conf/default/disable_ipv6", "1");
        NetworkNamespace.SetSysctl("net/ipv6/conf/default/accept_ra", "0");
    }
}
