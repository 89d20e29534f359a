using System.IO.Compression;
using System.Text.Json;
using Wharf.Images.Archives;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Caches;

/// <summary>
/// The configuration of a cache's manifest: the configurations of its images byte for byte, and the builder's records. Compressed, as the
/// configurations of a build's steps are nearly the same text.
/// </summary>
internal sealed record CacheDocument(IReadOnlyDictionary<Digest, byte[]> Configs, ReadOnlyMemory<byte> Steps)
{
    /// <summary>Media type of the document, and artifact type of the manifest.</summary>
    public const string MediaType = "application/vnd.wharf.buildcache.v1+json+gzip";

    /// <summary>Annotation of a layer with its diff id, as containerd and BuildKit have it.</summary>
    public const string DiffKey = "containerd.io/uncompressed";

    private const int MostBytes = 64 << 20;
    private const int Version = 1;

    public byte[] Write()
    {
        using var memory = new MemoryStream();
        using (var packed = new GZipStream(memory, CompressionLevel.Optimal, leaveOpen: true))
        {
            using var writer = new Utf8JsonWriter(packed, new JsonWriterOptions { Encoder = GoJsonEncoder.Instance });
            writer.WriteStartObject();
            writer.WriteNumber("version", Version);
            writer.WriteStartArray("configs");
            foreach (byte[] config in Configs.OrderBy(c => c.Key.ToString(), StringComparer.Ordinal).Select(c => c.Value))
            {
                writer.WriteStringValue(config);
            }

            writer.WriteEndArray();
            writer.WritePropertyName("steps");
            writer.WriteRawValue(Steps.Span);
            writer.WriteEndObject();
        }

        return memory.Length <= Limits.Document ? memory.ToArray()
            : throw WharfException.Invalid($"the cache's records have {memory.Length} bytes, at most {Limits.Document} are allowed; use mode=min");
    }

    /// <exception cref="WharfException">InvalidArgument.</exception>
    public static CacheDocument Read(ReadOnlyMemory<byte> content)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(Unpack(content));
            JsonElement root = document.RootElement;
            if (root.GetProperty("version").GetInt32() != Version)
            {
                throw WharfException.Invalid($"the build cache has version {root.GetProperty("version")}, this engine reads {Version}");
            }

            var configs = new Dictionary<Digest, byte[]>();
            foreach (JsonElement config in root.GetProperty("configs").EnumerateArray())
            {
                byte[] raw = System.Text.Encoding.UTF8.GetBytes(config.GetString() ?? "");
                configs[Digest.Sha256(raw)] = raw;
            }

            return new CacheDocument(configs, System.Text.Encoding.UTF8.GetBytes(root.GetProperty("steps").GetRawText()));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or InvalidDataException)
        {
            throw WharfException.Invalid($"invalid build cache: {e.Message}", e);
        }
    }

    private static byte[] Unpack(ReadOnlyMemory<byte> content)
    {
        using var packed = new GZipStream(new MemoryStream(content.ToArray(), writable: false), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        int read;
        while ((read = packed.Read(buffer)) > 0)
        {
            if (plain.Length + read > MostBytes)
            {
                throw WharfException.Invalid($"invalid build cache: its records have more than {MostBytes} bytes");
            }

            plain.Write(buffer, 0, read);
        }

        return plain.ToArray();
    }
}
