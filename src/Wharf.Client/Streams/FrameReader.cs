using System.Buffers.Binary;
using Wharf.Primitives;

namespace Wharf.Client.Streams;

/// <summary>
/// Takes apart the frames in which the API carries stdout and stderr on one connection: stream (1), three zero bytes, length as
/// big-endian 32 bits, bytes.
/// </summary>
public sealed class FrameReader(Func<Memory<byte>, CancellationToken, ValueTask<int>> read)
{
    public const byte Stdin = 0;
    public const byte Stdout = 1;
    public const byte Stderr = 2;
    public const byte SystemError = 3;
    private const int HeaderLength = 8;
    private const int BufferLength = 64 << 10;

    /// <summary>Copies until the stream ends.</summary>
    /// <param name="write">Called with the stream's number and its bytes.</param>
    /// <param name="ct">Stops reading.</param>
    /// <exception cref="WharfException">A frame of an unknown stream, or an error that the engine sent in a frame.</exception>
    public async ValueTask CopyAsync(Action<byte, ReadOnlySpan<byte>> write, CancellationToken ct)
    {
        byte[] buffer = new byte[BufferLength];
        int have = 0;
        int left = 0;
        byte stream = 0;
        while (true)
        {
            int count = await read(buffer.AsMemory(have), ct);
            if (count == 0)
            {
                return;
            }

            have += count;
            int at = 0;
            while (at < have)
            {
                if (left == 0)
                {
                    if (have - at < HeaderLength)
                    {
                        break;
                    }

                    stream = buffer[at];
                    left = checked((int)BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(at + 4)));
                    at += HeaderLength;
                    if (stream > SystemError)
                    {
                        throw WharfException.DataLoss($"Unrecognized input header: {stream}");
                    }

                    continue;
                }

                int piece = Math.Min(left, have - at);
                if (stream == SystemError)
                {
                    throw WharfException.Internal("error from daemon in stream: " + System.Text.Encoding.UTF8.GetString(buffer, at, piece));
                }

                write(stream, buffer.AsSpan(at, piece));
                at += piece;
                left -= piece;
            }

            buffer.AsSpan(at, have - at).CopyTo(buffer);
            have -= at;
        }
    }
}
