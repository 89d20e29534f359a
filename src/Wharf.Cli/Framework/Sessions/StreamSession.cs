using Wharf.Cli.Framework.Terminal;
using Wharf.Client.Http;
using Wharf.Client.Streams;

namespace Wharf.Cli.Framework.Sessions;

/// <summary>How a session ended.</summary>
internal enum SessionEnd
{
    /// <summary>The other side closed its output.</summary>
    OutputEnded,

    /// <summary>The user typed the detach sequence.</summary>
    Detached,
}

/// <summary>
/// Carries the standard streams over a hijacked connection: input on a thread of its own (a read from a terminal cannot be
/// cancelled), output on the caller's. When input ends the sending side is closed and the output goes on.
/// </summary>
internal sealed class StreamSession(ITerminal terminal, HijackedStream stream)
{
    private const int BufferLength = 32 << 10;

    private volatile bool _detached;

    /// <summary>True when the container has a terminal: bytes are not framed, and the local terminal becomes raw.</summary>
    public bool Tty { get; init; }

    public bool WantsInput { get; init; }

    public bool WantsOut { get; init; } = true;

    public bool WantsError { get; init; } = true;

    public byte[] DetachKeys { get; init; } = [16, 17];

    public async Task<SessionEnd> RunAsync(CancellationToken ct)
    {
        using IDisposable? raw = WantsInput && Tty ? terminal.EnterRawMode() : null;
        if (WantsInput)
        {
            new Thread(PumpInput) { IsBackground = true, Name = "input" }.Start();
        }

        try
        {
            if (Tty)
            {
                await CopyRawAsync(ct);
            }
            else
            {
                await new FrameReader(stream.ReadAsync).CopyAsync(WriteFrame, ct);
            }
        }
        catch (IOException e) when (e is not BrokenOutputException)
        {
            // the connection was cut: by our own detaching, or with the container; the exit status tells the rest
            _ = e;
        }

        return _detached ? SessionEnd.Detached : SessionEnd.OutputEnded;
    }

    private async Task CopyRawAsync(CancellationToken ct)
    {
        byte[] buffer = new byte[BufferLength];
        int count;
        while ((count = await stream.ReadAsync(buffer, ct)) > 0)
        {
            if (WantsOut)
            {
                terminal.Out.Write(buffer.AsSpan(0, count));
            }
        }
    }

    private void WriteFrame(byte kind, ReadOnlySpan<byte> bytes)
    {
        if (kind == FrameReader.Stderr && WantsError)
        {
            terminal.Error.Write(bytes);
        }
        else if (kind is FrameReader.Stdout or FrameReader.Stdin && WantsOut)
        {
            terminal.Out.Write(bytes);
        }
    }

    private void PumpInput()
    {
        try
        {
            var keys = Tty ? new DetachKeys(DetachKeys) : null;
            byte[] buffer = new byte[BufferLength];
            int count;
            while ((count = terminal.Input.Read(buffer)) > 0)
            {
                ReadOnlyMemory<byte> pass = buffer.AsMemory(0, count);
                bool detached = false;
                pass = keys?.Filter(pass.Span, out detached) ?? pass;
                if (pass.Length > 0)
                {
                    stream.WriteAsync(pass, CancellationToken.None).AsTask().GetAwaiter().GetResult();
                }

                if (detached)
                {
                    _detached = true;
                    stream.Abort();
                    return;
                }
            }

            stream.CloseWrite();
        }
        catch (IOException)
        {
            // the container is gone; the output side notices and ends the session
            return;
        }
        catch (ObjectDisposedException)
        {
            // likewise, after the session has been put away
            return;
        }
    }
}
