using System.Text;
using Wharf.Primitives;

namespace Wharf.Engine.Logs.Shipping;

/// <summary>Fluentd's forward protocol, message mode: <c>[tag, time, record]</c> in MessagePack.</summary>
internal sealed class FluentdSender(LogAddress address, string tag, string containerId, string containerName, IReadOnlyDictionary<string, string> extra) : SocketSender(address)
{
    public static LogAddress AddressOf(IReadOnlyDictionary<string, string> options) =>
        options.GetValueOrDefault("fluentd-address") is not { Length: > 0 } text ? new LogAddress("tcp", "127.0.0.1", 24224)
        : LogAddress.Parse("fluentd-address", text.Contains("://", StringComparison.Ordinal) ? text : "tcp://" + text, 24224, "tcp", "unix");

    protected override IEnumerable<ReadOnlyMemory<byte>> Messages(ShippedLine line)
    {
        var fields = new List<KeyValuePair<string, string>>
        {
            new("container_id", containerId),
            new("container_name", "/" + containerName),
            new("source", line.IsError ? "stderr" : "stdout"),
        };
        fields.AddRange(extra);
        if (line.Partial)
        {
            fields.Add(new("partial_message", "true"));
        }

        var output = new List<byte> { 0x93 };
        Text(output, Encoding.UTF8.GetBytes(tag));
        output.Add(0xce);
        uint seconds = (uint)line.Moment.ToUnixTimeSeconds();
        output.AddRange([(byte)(seconds >> 24), (byte)(seconds >> 16), (byte)(seconds >> 8), (byte)seconds]);
        output.AddRange([0xde, (byte)((fields.Count + 1) >> 8), (byte)(fields.Count + 1)]);
        foreach ((string name, string value) in fields)
        {
            Text(output, Encoding.UTF8.GetBytes(name));
            Text(output, Encoding.UTF8.GetBytes(value));
        }

        Text(output, "log"u8);
        Text(output, line.Text);
        return [output.ToArray()];
    }

    private static void Text(List<byte> output, ReadOnlySpan<byte> text)
    {
        output.AddRange([0xdb, (byte)(text.Length >> 24), (byte)(text.Length >> 16), (byte)(text.Length >> 8), (byte)text.Length]);
        foreach (byte b in text)
        {
            output.Add(b);
        }
    }
}
