using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Runtime.Logging;
using Wharf.Runtime.Shims.Reading;

namespace Wharf.Shim.Logs;

/// <summary>
/// The process that writes the log of a container whose output must not wait for the disk: it may wait, the shim does not. It reads the log's settings
/// and then entries from its standard input, and ends when that ends.
/// </summary>
internal static class LogWriter
{
    /// <summary>The only argument of such a process.</summary>
    public const string Argument = "--write-log";

    private const int BufferSize = 256 * 1024;

    public static void Run(SafeFileHandle input)
    {
        byte[] length = new byte[sizeof(int)];
        ReadWhole(input, length);
        byte[] settings = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
        ReadWhole(input, settings);
        using LogFile? log = ContainerLog.Open(ShimJsonReader.Log(settings));
        if (log is not null)
        {
            Copy(input, log);
        }
    }

    private static void Copy(SafeFileHandle input, LogFile log)
    {
        byte[] buffer = new byte[BufferSize];
        int held = 0;
        while (true)
        {
            // compression goes on while nothing waits
            if (log.HasWork && FileCalls.Available(input, out int waiting) == Errno.None && waiting == 0)
            {
                log.Step();
            }

            FileCalls.Read(input, buffer.AsSpan(held), out int count).ThrowIfError("read", "entries");
            if (count == 0)
            {
                return;
            }

            held += count;
            int taken = 0, frame;
            while ((frame = PieceFrame.Read(buffer.AsSpan(taken, held - taken), log)) > 0)
            {
                taken += frame;
            }

            log.Flush();
            buffer.AsSpan(taken, held - taken).CopyTo(buffer);
            held -= taken;
        }
    }

    private static void ReadWhole(SafeFileHandle input, Span<byte> target)
    {
        while (target.Length > 0)
        {
            FileCalls.Read(input, target, out int count).ThrowIfError("read", "settings");
            if (count == 0)
            {
                throw Primitives.WharfException.DataLoss("the settings of the log end too early");
            }

            target = target[count..];
        }
    }
}
