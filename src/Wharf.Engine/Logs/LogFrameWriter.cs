using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Wharf.Engine.Logs;

/// <summary>Turns entries into what clients read: frames (or raw bytes for a terminal), with times and details in front when asked for.</summary>
internal sealed class LogFrameWriter : ILogEntrySink
{
    private const int FrameHeader = 8;
    private readonly LogQuery _query;
    private readonly string? _since;
    private readonly string? _until;

    public LogFrameWriter(LogQuery query, bool raw)
    {
        _query = query;
        Raw = raw;
        _since = query.Since is { } since ? Text(since) : null;
        _until = query.Until is { } until ? Text(until) : null;
    }

    public bool Raw { get; }

    /// <summary>Writes the entry if the query wants it. False when it is later than all that is wanted.</summary>
    public bool Write(in LogEntry entry, IBufferWriter<byte> output)
    {
        if (_since is not null && Compare(entry.Time, _since) < 0)
        {
            return true;
        }

        if (_until is not null && Compare(entry.Time, _until) > 0)
        {
            return false;
        }

        if (entry.IsError ? !_query.Stderr : !_query.Stdout)
        {
            return true;
        }

        byte[] details = _query.Details ? Details(entry.Attributes) : [];
        int prefix = (_query.Timestamps ? 31 : 0) + (_query.Details ? details.Length + 1 : 0);
        int length = prefix + entry.Message.Length;
        Span<byte> span = output.GetSpan(FrameHeader + length);
        int at = 0;
        if (!Raw)
        {
            span[..FrameHeader].Clear();
            span[0] = entry.IsError ? (byte)2 : (byte)1;
            BinaryPrimitives.WriteInt32BigEndian(span[4..], length);
            at = FrameHeader;
        }

        if (_query.Timestamps)
        {
            WriteNineDigits(entry.Time, span.Slice(at, 30));
            span[at + 30] = (byte)' ';
            at += 31;
        }

        if (_query.Details)
        {
            details.CopyTo(span[at..]);
            span[at + details.Length] = (byte)' ';
            at += details.Length + 1;
        }

        entry.Message.CopyTo(span[at..]);
        output.Advance(at + entry.Message.Length);
        return true;
    }

    // RFC 3339 in UTC with any number of decimals: comparing up to the shorter fraction as if padded with zeros.
    private static int Compare(ReadOnlySpan<byte> time, string bound)
    {
        Span<byte> left = stackalloc byte[30], right = stackalloc byte[30];
        WriteNineDigits(time, left);
        Encoding.ASCII.GetBytes(bound, right);
        return left.SequenceCompareTo(right);
    }

    private static void WriteNineDigits(ReadOnlySpan<byte> time, Span<byte> output)
    {
        "0001-01-01T00:00:00.000000000Z"u8.CopyTo(output);
        ReadOnlySpan<byte> body = time.Length > 0 && time[^1] == (byte)'Z' ? time[..^1] : time;
        body[..Math.Min(body.Length, 29)].CopyTo(output);
        if (body.Length == 19)
        {
            output[19] = (byte)'.';
        }
    }

    private static string Text(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff", CultureInfo.InvariantCulture) + "00Z";

    // key=value,key=value as Docker prints them, each side escaped like a URL query
    private static byte[] Details(ReadOnlySpan<byte> attributes)
    {
        if (attributes.IsEmpty)
        {
            return [];
        }

        var pairs = new List<string>();
        var reader = new Utf8JsonReader(attributes);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                reader.Read();
                pairs.Add($"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(reader.GetString() ?? "")}");
            }
        }

        return Encoding.UTF8.GetBytes(string.Join(',', pairs.Order(StringComparer.Ordinal)));
    }
}
