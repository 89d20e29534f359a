using System.Buffers.Binary;
using System.Text;

namespace Wharf.Engine.Logs.Shipping;

/// <summary>systemd's journal, by its native protocol: a datagram of fields per line.</summary>
internal sealed class JournaldSender(LogAddress address, IReadOnlyList<KeyValuePair<string, string>> fields) : SocketSender(address)
{
    private const string Socket = "/run/systemd/journal/socket";

    public static LogAddress Journal { get; } = new("unixgram", Socket, 0);

    public static IReadOnlyList<KeyValuePair<string, string>> Fields(Containers.ContainerRecord record, string tag, IReadOnlyDictionary<string, string> chosen) =>
    [
        new("CONTAINER_ID", record.Id[..12]),
        new("CONTAINER_ID_FULL", record.Id),
        new("CONTAINER_NAME", record.Name),
        new("CONTAINER_TAG", tag),
        new("IMAGE_NAME", record.Config.Image ?? ""),
        new("SYSLOG_IDENTIFIER", tag),
        .. chosen.Select(pair => new KeyValuePair<string, string>(FieldName(pair.Key), pair.Value)),
    ];

    protected override IEnumerable<ReadOnlyMemory<byte>> Messages(ShippedLine line)
    {
        using var memory = new MemoryStream();
        Field(memory, "MESSAGE", line.Text);
        Field(memory, "PRIORITY", line.IsError ? "3"u8 : "6"u8);
        Field(memory, "SYSLOG_TIMESTAMP", Encoding.ASCII.GetBytes(line.Time));
        if (line.Partial)
        {
            Field(memory, "CONTAINER_PARTIAL_MESSAGE", "true"u8);
        }

        foreach ((string name, string value) in fields)
        {
            Field(memory, name, Encoding.UTF8.GetBytes(value));
        }

        return [memory.ToArray()];
    }

    // NAME=value and a newline; or, for any bytes at all, NAME, a newline, the length in eight bytes little-endian, the value, a newline.
    private static void Field(MemoryStream output, string name, ReadOnlySpan<byte> value)
    {
        output.Write(Encoding.ASCII.GetBytes(name));
        output.WriteByte((byte)'\n');
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, value.Length);
        output.Write(length);
        output.Write(value);
        output.WriteByte((byte)'\n');
    }

    // The journal takes capital letters, digits and underscores, and no underscore in front.
    private static string FieldName(string name) =>
        new string([.. name.ToUpperInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')]).TrimStart('_');
}
