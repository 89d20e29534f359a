using System.Text;
using System.Text.Json;
using Wharf.Primitives;

namespace Wharf.Runtime.Logging;

/// <summary>
/// Docker's json-file format, byte for byte: an object a line with log, stream, attrs (only where there are any) and time, in that order.
/// </summary>
public sealed class JsonFileEncoder : LogEncoder
{
    private readonly byte[] _attributes;
    private readonly byte[] _tail;
    private int _tailLength;
    private LogStream _tailStream;
    private DateTime _tailTime;

    /// <param name="attributes">Written with every entry, keys sorted as Go sorts a map; null or empty for none.</param>
    public JsonFileEncoder(IReadOnlyDictionary<string, string>? attributes)
    {
        _attributes = attributes is { Count: > 0 } ? EncodeAttributes(attributes) : [];
        _tail = new byte[64 + LogTimestamp.MaxLength + _attributes.Length];
    }

    public override int WorstCase(int lineLength) => (lineLength * GoJsonBytes.MaxGrowth) + 16 + _tail.Length;

    public override int Encode(LogStream stream, ReadOnlySpan<byte> line, in LogPiece piece, DateTime time, Span<byte> output)
    {
        if (time != _tailTime || stream != _tailStream)
        {
            MakeTail(stream, time);
        }

        ReadOnlySpan<byte> head = "{\"log\":\""u8;
        head.CopyTo(output);
        int length = head.Length + GoJsonBytes.Escape(line, output[head.Length..]);
        if (!piece.Partial)
        {
            output[length++] = (byte)'\\';
            output[length++] = (byte)'n';
        }

        _tail.AsSpan(0, _tailLength).CopyTo(output[length..]);
        return length + _tailLength;
    }

    public override int WholeEntries(ReadOnlySpan<byte> encoded) => encoded.LastIndexOf((byte)'\n') + 1;

    // Everything behind the text is the same for all lines of one read.
    private void MakeTail(LogStream stream, DateTime time)
    {
        Span<byte> tail = _tail;
        int length = Append(tail, 0, stream == LogStream.Stdout ? "\",\"stream\":\"stdout\","u8 : "\",\"stream\":\"stderr\","u8);
        length = Append(tail, length, _attributes);
        length = Append(tail, length, "\"time\":\""u8);
        length += LogTimestamp.Write(time, tail[length..]);
        _tailLength = Append(tail, length, "\"}\n"u8);
        _tailStream = stream;
        _tailTime = time;
    }

    private static int Append(Span<byte> output, int position, ReadOnlySpan<byte> text)
    {
        text.CopyTo(output[position..]);
        return position + text.Length;
    }

    private static byte[] EncodeAttributes(IReadOnlyDictionary<string, string> attributes)
    {
        using var stream = new MemoryStream();
        stream.Write("\"attrs\":"u8);
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = GoJsonEncoder.Instance }))
        {
            json.WriteStartObject();
            foreach (string key in attributes.Keys.OrderBy(k => Encoding.UTF8.GetBytes(k), ByteOrder.Instance))
            {
                json.WriteString(key, attributes[key]);
            }

            json.WriteEndObject();
        }

        stream.WriteByte((byte)',');
        return stream.ToArray();
    }

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
