using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Wharf.Primitives;

namespace Wharf.Engine.Logs.Shipping;

/// <summary>Graylog's extended format 1.1: compressed and in chunks by UDP, ended by a zero byte and plain by TCP.</summary>
internal sealed class GelfSender(LogAddress address, GelfFacts facts, string compression) : SocketSender(address)
{
    private const int ChunkSize = 1420 - 12;
    private const int MostChunks = 128;

    public static LogAddress AddressOf(IReadOnlyDictionary<string, string> options) => options.GetValueOrDefault("gelf-address") is { Length: > 0 } text
        ? LogAddress.Parse("gelf-address", text, 12201, "udp", "tcp")
        : throw WharfException.Invalid("gelf-address is a required parameter");

    public static string CompressionOf(IReadOnlyDictionary<string, string> options) => options.GetValueOrDefault("gelf-compression-type", "gzip") switch
    {
        "gzip" or "zlib" or "none" => options.GetValueOrDefault("gelf-compression-type", "gzip"),
        _ => throw WharfException.Invalid("gelf: invalid compression type"),
    };

    protected override IEnumerable<ReadOnlyMemory<byte>> Messages(ShippedLine line)
    {
        byte[] json = Json(line);
        return Address.Scheme == "tcp" ? [(byte[])[.. json, 0]] : Chunks(Compressed(json));
    }

    private byte[] Json(ShippedLine line)
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory))
        {
            writer.WriteStartObject();
            writer.WriteString("version", "1.1");
            writer.WriteString("host", Environment.MachineName);
            writer.WriteString("short_message", Encoding.UTF8.GetString(line.Text));
            writer.WriteNumber("timestamp", Math.Round((line.Moment - DateTimeOffset.UnixEpoch).TotalSeconds, 3));
            writer.WriteNumber("level", line.IsError ? 3 : 6);
            foreach ((string name, string value) in facts.Extra)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        return memory.ToArray();
    }

    private byte[] Compressed(byte[] json)
    {
        if (compression == "none")
        {
            return json;
        }

        using var memory = new MemoryStream();
        using (Stream packer = compression == "gzip" ? new GZipStream(memory, CompressionLevel.Fastest) : new ZLibStream(memory, CompressionLevel.Fastest))
        {
            packer.Write(json);
        }

        return memory.ToArray();
    }

    // GELF: 0x1e 0x0f, eight bytes of an id, number, count.
    private static IEnumerable<ReadOnlyMemory<byte>> Chunks(byte[] message)
    {
        if (message.Length <= ChunkSize)
        {
            return [message];
        }

        int count = (message.Length + ChunkSize - 1) / ChunkSize;
        if (count > MostChunks)
        {
            return []; // Docker's client drops it too: the protocol has no way to say it
        }

        byte[] id = new byte[8];
        SecureRandom.Fill(id);
        return [.. Enumerable.Range(0, count).Select(i =>
            (ReadOnlyMemory<byte>)(byte[])[0x1e, 0x0f, .. id, (byte)i, (byte)count, .. message.AsSpan(i * ChunkSize, Math.Min(ChunkSize, message.Length - (i * ChunkSize)))])];
    }
}

/// <summary>The additional fields of every message, names with their underscore.</summary>
internal sealed record GelfFacts(IReadOnlyList<KeyValuePair<string, string>> Extra)
{
    public static GelfFacts Of(Containers.ContainerRecord record, string tag, IReadOnlyDictionary<string, string> chosen)
    {
        var extra = new List<KeyValuePair<string, string>>
        {
            new("_container_id", record.Id),
            new("_container_name", record.Name),
            new("_image_id", record.Definition.ImageId),
            new("_image_name", record.Config.Image ?? ""),
            new("_command", string.Join(' ', (record.Config.Entrypoint ?? []).Concat(record.Config.Cmd ?? []))),
            new("_tag", tag),
            new("_created", record.Definition.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture)),
        };
        extra.AddRange(chosen.Select(pair => new KeyValuePair<string, string>("_" + pair.Key, pair.Value)));
        return new GelfFacts(extra);
    }
}
