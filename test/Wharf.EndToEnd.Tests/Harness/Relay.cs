using System.Net.Sockets;

namespace Wharf.EndToEnd.Tests.Harness;

/// <summary>Carries bytes between two sockets, as ssh and socat do.</summary>
internal sealed class Relay : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public Relay(string path, string target)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _ = Task.Run(async () =>
        {
            while (true)
            {
                var near = await _listener.AcceptAsync();
                var far = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await far.ConnectAsync(new UnixDomainSocketEndPoint(target));
                _ = CarryAsync(near, far);
                _ = CarryAsync(far, near);
            }
        });
    }

    public void Dispose() => _listener.Dispose();

    private static async Task CarryAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[65536];
        int count;
        while ((count = await from.ReceiveAsync(buffer)) > 0)
        {
            await to.SendAsync(buffer.AsMemory(0, count));
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
