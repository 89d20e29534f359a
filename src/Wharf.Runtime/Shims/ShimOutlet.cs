using System.Net.Sockets;
using Wharf.Linux;

namespace Wharf.Runtime.Shims;

/// <summary>
/// Gives a shim the socket of the client itself, so that output goes there without passing through the daemon: the first message on a connection that was
/// attached with <see cref="ShimAttach.Outlet"/>.
/// </summary>
public static class ShimOutlet
{
    /// <param name="shim">The attached connection; nothing was sent on it yet.</param>
    /// <param name="client">Where output goes, a stream that nobody else writes to until <paramref name="shim"/> ends; null for <paramref name="shim"/> itself.</param>
    /// <exception cref="Primitives.WharfException">When the shim has hung up.</exception>
    public static void Give(Socket shim, Socket? client)
    {
        ReadOnlySpan<int> descriptors = client is null ? [] : [(int)client.Handle];
        UnixSocketCalls.Send(shim.SafeHandle, [0], descriptors, out _).ThrowIfError("hand the client to the shim");
        GC.KeepAlive(client);
    }
}
