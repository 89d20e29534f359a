using System.Runtime.InteropServices;

namespace Wharf.Cli.Framework.Terminal;

/// <summary>Plain read(2) and write(2) on a standard descriptor: no buffer, no console machinery behind it.</summary>
internal sealed unsafe class DescriptorStream(int descriptor) : Stream
{
    private const int Interrupted = 4;
    private const int WouldBlock = 11;
    private const int InputOutput = 5;
    private const int BrokenPipe = 32;
    private const short PollIn = 1;
    private const short PollOut = 4;

    public override bool CanRead => descriptor == 0;

    public override bool CanSeek => false;

    public override bool CanWrite => descriptor != 0;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            nint count;
            fixed (byte* pointer = buffer)
            {
                count = NativeTerminal.read(descriptor, pointer, (nuint)buffer.Length);
            }

            if (count >= 0)
            {
                return (int)count;
            }

            int error = Marshal.GetLastPInvokeError();
            if (error == InputOutput)
            {
                // a terminal that hung up reads as EIO: that is its end
                return 0;
            }

            WaitOrThrow(error, PollIn);
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            nint count;
            fixed (byte* pointer = buffer)
            {
                count = NativeTerminal.write(descriptor, pointer, (nuint)buffer.Length);
            }

            if (count >= 0)
            {
                buffer = buffer[(int)count..];
                continue;
            }

            WaitOrThrow(Marshal.GetLastPInvokeError(), PollOut);
        }
    }

    private void WaitOrThrow(int error, short events)
    {
        switch (error)
        {
            case Interrupted:
                return;
            case WouldBlock:
                var poll = new NativeTerminal.PollDescriptor { Descriptor = descriptor, Events = events };
                _ = NativeTerminal.poll(&poll, 1, -1);
                return;
            case BrokenPipe:
                throw new BrokenOutputException();
            default:
                throw new IOException($"file descriptor {descriptor}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}

/// <summary>Whoever read our output has gone (EPIPE); a command ends quietly then, as if by SIGPIPE.</summary>
internal sealed class BrokenOutputException : IOException;
