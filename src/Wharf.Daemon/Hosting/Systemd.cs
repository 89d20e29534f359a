using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Wharf.Daemon.Hosting;

/// <summary>What systemd and a service tell each other by environment: sockets passed at the start (sd_listen_fds(3)) and readiness (sd_notify(3)).</summary>
internal static class Systemd
{
    private const int FirstDescriptor = 3;

    /// <summary>Descriptors of the sockets that this very process was started with.</summary>
    public static IReadOnlyList<int> InheritedSockets() =>
        Variable("LISTEN_PID") == Environment.ProcessId && Variable("LISTEN_FDS") is int count and > 0
            ? [.. Enumerable.Range(FirstDescriptor, count)]
            : [];

    /// <summary>Sends a state ("READY=1"); nothing happens outside systemd.</summary>
    public static void Notify(string state)
    {
        string? path = Environment.GetEnvironmentVariable("NOTIFY_SOCKET");
        if (string.IsNullOrEmpty(path))
        {
            return;
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        // A leading @ means the abstract name space, which the kernel marks by a zero byte.
        socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path));
    }

    private static int? Variable(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
