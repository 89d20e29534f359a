using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace Wharf.Engine.Builds;

/// <summary>Takes apart the frames of an attached stream: eight bytes of header (stream, length big-endian) and the payload.</summary>
internal static class FrameReader
{
    private const int HeaderLength = 8;

    public static async Task ReadAsync(PipeReader reader, Action<ReadOnlyMemory<byte>, bool> output, CancellationToken ct)
    {
        while (true)
        {
            ReadResult read = await reader.ReadAsync(ct);
            ReadOnlySequence<byte> data = read.Buffer;
            while (TakeFrame(ref data, out bool isError, out ReadOnlySequence<byte> payload))
            {
                foreach (ReadOnlyMemory<byte> part in payload)
                {
                    output(part, isError);
                }
            }

            reader.AdvanceTo(data.Start, data.End);
            if (read.IsCompleted)
            {
                await reader.CompleteAsync();
                return;
            }
        }
    }

    private static bool TakeFrame(ref ReadOnlySequence<byte> data, out bool isError, out ReadOnlySequence<byte> payload)
    {
        isError = false;
        payload = default;
        if (data.Length < HeaderLength)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[HeaderLength];
        data.Slice(0, HeaderLength).CopyTo(header);
        int length = BinaryPrimitives.ReadInt32BigEndian(header[4..]);
        if (data.Length < HeaderLength + length)
        {
            return false;
        }

        isError = header[0] == 2;
        payload = data.Slice(HeaderLength, length);
        data = data.Slice(HeaderLength + length);
        return true;
    }
}
