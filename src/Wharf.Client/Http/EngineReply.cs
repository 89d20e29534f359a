using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Wharf.Client.Http;

/// <summary>An answer whose body is still to be read. Dispose it, or read it to its end.</summary>
public sealed class EngineReply(ResponseHead head, Stream body) : IDisposable
{
    public ResponseHead Head => head;

    public int Status => head.Status;

    public Stream Body => body;

    public async ValueTask<byte[]> ReadAllAsync(CancellationToken ct)
    {
        using var memory = new MemoryStream();
        byte[] buffer = new byte[16 << 10];
        int count;
        while ((count = await body.ReadAsync(buffer, ct)) > 0)
        {
            memory.Write(buffer, 0, count);
        }

        return memory.ToArray();
    }

    public async ValueTask<T> ReadAsync<T>(JsonTypeInfo<T> type, CancellationToken ct) =>
        JsonSerializer.Deserialize(await ReadAllAsync(ct), type)!;

    public void Dispose() => body.Dispose();
}
