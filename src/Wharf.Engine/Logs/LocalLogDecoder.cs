using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Wharf.Engine.Logs;

/// <summary>Docker's "local" format: protobuf entries between two copies of their length, four bytes big-endian.</summary>
internal sealed class LocalLogDecoder : LogDecoder
{
    private const int MaxEntry = 16 << 20;
    private byte[] _line = new byte[32 * 1024];
    private readonly byte[] _time = new byte[64];

    public override int Read(ReadOnlySpan<byte> data, out LogEntry entry, out bool valid)
    {
        entry = default;
        valid = false;
        if (data.Length < 4)
        {
            return 0;
        }

        int length = BinaryPrimitives.ReadInt32BigEndian(data);
        if (length is < 0 or > MaxEntry)
        {
            return data.Length; // what follows has no known beginning
        }

        if (data.Length < length + 8)
        {
            return 0;
        }

        valid = Parse(data.Slice(4, length), ref entry);
        return length + 8;
    }

    public override (long Offset, long Found) FindTail(Stream file, long entries)
    {
        long position = file.Length;
        long found = 0;
        Span<byte> size = stackalloc byte[4];
        while (position >= 8 && found < entries)
        {
            file.Position = position - 4;
            file.ReadExactly(size);
            long length = BinaryPrimitives.ReadUInt32BigEndian(size);
            if (length + 8 > position)
            {
                break;
            }

            position -= length + 8;
            found++;
        }

        return (position, found);
    }

    private bool Parse(ReadOnlySpan<byte> body, ref LogEntry entry)
    {
        bool partial = false;
        ReadOnlySpan<byte> line = default;
        while (!body.IsEmpty)
        {
            if (!Varint(ref body, out ulong tag))
            {
                return false;
            }

            int field = (int)(tag >> 3);
            if ((tag & 7) == 0)
            {
                if (!Varint(ref body, out ulong number))
                {
                    return false;
                }

                if (field == 2)
                {
                    SetTime(number, ref entry);
                }

                partial |= field == 4 && number != 0;
                continue;
            }

            if ((tag & 7) != 2 || !Varint(ref body, out ulong length) || length > (ulong)body.Length)
            {
                return false;
            }

            ReadOnlySpan<byte> value = body[..(int)length];
            body = body[(int)length..];
            if (field == 1)
            {
                entry.IsError = value.SequenceEqual("stderr"u8);
            }
            else if (field == 3)
            {
                line = value;
            }
        }

        if (_line.Length < line.Length + 1)
        {
            _line = new byte[line.Length * 2];
        }

        line.CopyTo(_line);
        _line[line.Length] = (byte)'\n';
        entry.Message = _line.AsSpan(0, line.Length + (partial ? 0 : 1));
        return true;
    }

    private void SetTime(ulong nanoseconds, ref LogEntry entry)
    {
        var moment = DateTime.UnixEpoch.AddTicks((long)(nanoseconds / 100));
        string text = moment.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff", CultureInfo.InvariantCulture) + (nanoseconds % 100).ToString("00", CultureInfo.InvariantCulture) + "Z";
        entry.Time = _time.AsSpan(0, Encoding.ASCII.GetBytes(text, _time));
    }

    private static bool Varint(ref ReadOnlySpan<byte> data, out ulong value)
    {
        value = 0;
        for (int i = 0; i < data.Length && i < 10; i++)
        {
            value |= (ulong)(data[i] & 0x7F) << (7 * i);
            if (data[i] < 0x80)
            {
                data = data[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
