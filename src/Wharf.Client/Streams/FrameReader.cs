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
    private const int BufferLength = 128 << 10;

    /// <summary>Copies until the stream ends.</summary>
    /// <param name="write">Called with the stream's number and its bytes, those of several frames at once where they follow each other.</param>
    /// <param name="ct">Stops reading.</param>
    /// <exception cref="WharfException">A frame of an unknown stream, or an error that the engine sent in a frame.</exception>
    public async ValueTask CopyAsync(Action<byte, ReadOnlySpan<byte>> write, CancellationToken ct)
    {
        byte[] buffer = new byte[BufferLength];
        int have = 0, left = 0;
        byte stream = 0;

        // A log has a frame for each line: lines of one stream are moved together, over the headers between them, and written at once.
        int begin = 0, length = 0;
        byte pending = 0;
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
                        Write();
                        throw WharfException.DataLoss($"Unrecognized input header: {stream}");
                    }

                    continue;
                }

                int piece = Math.Min(left, have - at);
                if (length > 0 && pending != stream)
                {
                    Write();
                }

                if (stream == SystemError)
                {
                    throw WharfException.Internal("error from daemon in stream: " + System.Text.Encoding.UTF8.GetString(buffer, at, piece));
                }

                if (length == 0)
                {
                    begin = at;
                    pending = stream;
                }
                else
                {
                    buffer.AsSpan(at, piece).CopyTo(buffer.AsSpan(begin + length));
                }

                length += piece;
                at += piece;
                left -= piece;
            }

            Write();
            buffer.AsSpan(at, have - at).CopyTo(buffer);
            have -= at;
        }

        void Write()
        {
            if (length > 0)
            {
                write(pending, buffer.AsSpan(begin, length));
                length = 0;
            }
        }
    }
}
