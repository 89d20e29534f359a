using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Runtime.Logging;
using Wharf.Runtime.Shims.Protocol;
using Wharf.Shim.Loop;
using Wharf.Shim.Streams;

namespace Wharf.Shim.Tests.Streams;

/// <summary>A hub in a loop that the test turns by hand; the test plays the process and the clients.</summary>
internal sealed class HubRig : IDisposable
{
    private readonly SharedBuffers _buffers;

    public HubRig(StreamLimits? limits = null)
    {
        _buffers = new SharedBuffers(Loop);
        Hub = new StdioHub(Loop, _buffers, limits ?? new StreamLimits());
    }

    public EventLoop Loop { get; } = new();

    public StdioHub Hub { get; }

    /// <summary>The process's ends.</summary>
    public SafeFileHandle Stdout { get; private set; } = null!;

    public SafeFileHandle Stderr { get; private set; } = null!;

    public SafeFileHandle? Stdin { get; private set; }

    public void Start(bool stdin = false, bool stdinOnce = false, bool terminal = false, LogFile? log = null)
    {
        (SafeFileHandle readOut, Stdout) = Pipe();
        (SafeFileHandle readErr, Stderr) = Pipe();
        SafeFileHandle? writeIn = null;
        if (stdin)
        {
            (Stdin, writeIn) = Pipe();
        }

        Hub.Start(writeIn, readOut, readErr, terminal, stdinOnce, log);
    }

    public TestClient Attach(ShimAttachFlags flags = ShimAttachFlags.Stdout | ShimAttachFlags.Stderr)
    {
        UnixSocketCalls.Pair(SocketKind.Stream, nonBlocking: true, out SafeFileHandle ours, out SafeFileHandle theirs).ThrowIfError("socketpair");
        Assert.NotNull(Hub.Attach(theirs, flags));
        return new TestClient(ours);
    }

    /// <summary>Turns the loop until the condition holds.</summary>
    public void Until(Func<bool> condition, int milliseconds = 5000)
    {
        long end = Environment.TickCount64 + milliseconds;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < end, "the loop did not get there in time");
            Loop.Turn(5);
        }
    }

    public void Turn(int milliseconds)
    {
        long end = Environment.TickCount64 + milliseconds;
        while (Environment.TickCount64 < end)
        {
            Loop.Turn(5);
        }
    }

    public static int Put(SafeFileHandle file, ReadOnlySpan<byte> data)
    {
        Errno errno = FileCalls.Write(file, data, out int count);
        Assert.True(errno is Errno.None or Errno.EAGAIN, $"{errno}");
        return errno == Errno.None ? count : 0;
    }

    /// <summary>What can be read now; null at the end.</summary>
    public static byte[]? Take(SafeFileHandle file, int most = 1 << 20)
    {
        byte[] buffer = new byte[most];
        Errno errno = FileCalls.Read(file, buffer, out int count);
        return errno == Errno.EAGAIN ? [] : errno != Errno.None || count == 0 ? null : buffer[..count];
    }

    public void Dispose()
    {
        Stdout?.Dispose();
        Stderr?.Dispose();
        Stdin?.Dispose();
        _buffers.Dispose();
        Loop.Dispose();
    }

    private static (SafeFileHandle Read, SafeFileHandle Write) Pipe()
    {
        FileCalls.Pipe(out SafeFileHandle read, out SafeFileHandle write, OpenFlags.NonBlocking).ThrowIfError("pipe");
        FileCalls.SetPipeSize(read, 256 * 1024, out _).ThrowIfError("F_SETPIPE_SZ"); // as a shim's own
        return (read, write);
    }
}

/// <summary>The far end of an attached client.</summary>
internal sealed class TestClient(SafeFileHandle socket)
{
    private readonly List<byte> _received = [];

    public bool IsEnded { get; private set; }

    public byte[] Received => [.. _received];

    public (string Stdout, string Stderr) Texts => EndToEnd.AttachStreams.Demultiplex(Received);

    public (byte[] Stdout, byte[] Stderr) Bytes => EndToEnd.AttachStreams.Split(Received);

    public bool Read()
    {
        while (HubRig.Take(socket) is { } data)
        {
            if (data.Length == 0)
            {
                return true;
            }

            _received.AddRange(data);
        }

        IsEnded = true;
        return true;
    }

    public bool HasEnded() => Read() && IsEnded;

    public bool Has(string stdout) => Read() && Texts.Stdout == stdout;

    public int Send(ReadOnlySpan<byte> data) => HubRig.Put(socket, data);

    /// <summary>The first message of a connection that awaits its outlet: our copy of the descriptor is closed, as a daemon's need not be.</summary>
    public void Give(SafeFileHandle? outlet)
    {
        UnixSocketCalls.Send(socket, [0], outlet is null ? [] : [outlet.Number()], out _).ThrowIfError("sendmsg");
        outlet?.Dispose();
    }

    public void CloseSending() => UnixSocketCalls.Shutdown(socket, 1).ThrowIfError("shutdown");

    public void Close() => socket.Dispose();
}
