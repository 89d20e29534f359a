using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Wharf.Primitives;

namespace Wharf.Client.Http;

/// <summary>What a request carries: bytes that can be sent again, or a stream that cannot.</summary>
public sealed class RequestBody
{
    private RequestBody(string contentType, ReadOnlyMemory<byte> bytes, Stream? stream)
    {
        ContentType = contentType;
        Bytes = bytes;
        Stream = stream;
    }

    public string ContentType { get; }

    public ReadOnlyMemory<byte> Bytes { get; }

    public Stream? Stream { get; }

    public bool IsReplayable => Stream is null;

    public static RequestBody Json<T>(T value, JsonTypeInfo<T> type) =>
        new("application/json", JsonSerializer.SerializeToUtf8Bytes(value, type), null);

    /// <summary>A value whose writer needs no description of its type.</summary>
    public static RequestBody Json<T>(T value, Action<Utf8JsonWriter, T> write)
    {
        var bytes = new ArrayBufferWriter<byte>(1 << 10);
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = PlainJsonEncoder.Instance, SkipValidation = true }))
        {
            write(writer, value);
        }

        return new("application/json", bytes.WrittenMemory, null);
    }

    public static RequestBody Json(ReadOnlyMemory<byte> json) => new("application/json", json, null);

    /// <summary>Bytes of any type.</summary>
    public static RequestBody Of(ReadOnlyMemory<byte> bytes, string contentType) => new(contentType, bytes, null);

    /// <summary>A stream that is sent in chunks; the caller keeps and disposes it.</summary>
    public static RequestBody Of(Stream stream, string contentType = "application/x-tar") => new(contentType, default, stream);
}
