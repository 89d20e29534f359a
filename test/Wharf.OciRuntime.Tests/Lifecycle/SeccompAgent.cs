using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;

namespace Wharf.OciRuntime.Tests.Lifecycle;

/// <summary>A program that decides over other programs' calls, as a seccomp profile names it: it lets all pass but mkdir, which fails.</summary>
internal sealed unsafe class SeccompAgent : IDisposable
{
    private const int Mkdir = 83, NoMedium = 123;
    private const nuint NotificationReceive = 0xc050_2100, NotificationSend = 0xc018_2101;
    private const uint Continue = 1;

    private readonly SafeFileHandle _socket;

    public SeccompAgent(string path)
    {
        UnixSocketCalls.Listen(path, SocketKind.Stream, nonBlocking: false, 16, out _socket).ThrowIfError("listen", path);
        Background(Accept);
    }

    /// <summary>What came with each listener.</summary>
    public ConcurrentQueue<JsonNode> States { get; } = [];

    /// <summary>Lets go of everything: who still asks is told that there is no such call.</summary>
    public void Dispose()
    {
        _ = UnixSocketCalls.Shutdown(_socket, 2);
        _socket.Dispose();
    }

    private static void Background(Action action) => new Thread(() => action()) { IsBackground = true }.Start();

    private void Accept()
    {
        byte[] buffer = new byte[64 * 1024];
        while (UnixSocketCalls.Accept(_socket, nonBlocking: false, out SafeFileHandle connection) == Errno.None)
        {
            using (connection)
            {
                int length = 0;
                SafeFileHandle? listener = null;
                while (UnixSocketCalls.Receive(connection, buffer.AsSpan(length), out int count, out SafeFileHandle[] descriptors) == Errno.None && count > 0)
                {
                    length += count;
                    listener ??= descriptors.FirstOrDefault();
                }

                States.Enqueue(JsonNode.Parse(Encoding.UTF8.GetString(buffer, 0, length))!);
                Background(() => Decide(listener!));
            }
        }
    }

    private static void Decide(SafeFileHandle listener)
    {
        using (listener)
        {
            ulong* asked = stackalloc ulong[10];
            ulong* answer = stackalloc ulong[3];
            while (true)
            {
                // struct seccomp_notif: id, pid and flags, then struct seccomp_data, which begins with the number of the call
                new Span<ulong>(asked, 10).Clear();
                if (ioctl(listener.DangerousGetHandle().ToInt32(), NotificationReceive, asked) != 0)
                {
                    return;
                }

                // struct seccomp_notif_resp: id, value, error and flags
                answer[0] = asked[0];
                answer[1] = 0;
                answer[2] = (int)asked[2] == Mkdir ? unchecked((uint)-NoMedium) : (ulong)Continue << 32;
                _ = ioctl(listener.DangerousGetHandle().ToInt32(), NotificationSend, answer);
            }
        }
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int ioctl(int descriptor, nuint request, void* argument);
}
