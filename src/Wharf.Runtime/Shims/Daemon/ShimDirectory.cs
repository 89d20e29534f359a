using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;
using Wharf.Runtime.Shims.Protocol;

namespace Wharf.Runtime.Shims.Daemon;

/// <summary>
/// One shim's directory, held open: it may be renamed under us, and socket addresses have 107 bytes only, so the socket is reached through
/// the descriptor.
/// </summary>
internal sealed class ShimDirectory : IDisposable
{
    private ShimDirectory(SafeFileHandle handle) => Handle = handle;

    public SafeFileHandle Handle { get; }

    public string SocketPath => $"/proc/self/fd/{Handle.Number()}/{ShimWire.SocketName}";

    public static ShimDirectory? TryOpen(string path)
    {
        Errno errno = FileCalls.Open(path, OpenFlags.Path | OpenFlags.Directory | OpenFlags.NoFollow, out SafeFileHandle handle);
        if (errno == Errno.None)
        {
            return new ShimDirectory(handle);
        }

        handle.Dispose();
        return errno == Errno.ENOENT ? null : throw errno.ToException("open", path);
    }

    /// <summary>A connection to the shim; null when nobody listens there any more.</summary>
    public async Task<Socket?> TryConnectAsync(CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), ct);
            return socket;
        }
        catch (SocketException refused) when (refused.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable
            || refused.NativeErrorCode == (int)Errno.ENOENT)
        {
            socket.Dispose();
            return null;
        }
        catch (Exception trouble)
        {
            socket.Dispose();
            throw trouble is SocketException ? WharfException.Unavailable($"cannot reach the shim: {trouble.Message}", trouble) : trouble;
        }
    }

    public ShimState? ReadState()
    {
        Errno errno = SmallFile.TryRead($"/proc/self/fd/{Handle.Number()}/{ShimState.FileName}", out string text);
        GC.KeepAlive(Handle);
        return errno == Errno.None ? ShimState.Parse(text) : null;
    }

    public void Dispose() => Handle.Dispose();
}
