using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Wharf.Client.Streams;

/// <summary>A stream of JSON values one behind the other, as progress, events and stats come.</summary>
public static class JsonLines
{
    /// <summary>Each value's own bytes, as soon as it is complete.</summary>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadRawAsync(Stream stream, [EnumeratorCancellation] CancellationToken ct)
    {
        byte[] buffer = new byte[16 << 10];
        int have = 0;
        while (true)
        {
            int at = 0;
            while (TryValue(buffer.AsSpan(at, have - at), out int start, out int length))
            {
                yield return buffer.AsMemory(at + start, length);
                at += start + length;
            }

            buffer.AsSpan(at, have - at).CopyTo(buffer);
            have -= at;
            if (have == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            int count = await stream.ReadAsync(buffer.AsMemory(have), ct);
            if (count == 0)
            {
                yield break;
            }

            have += count;
        }
    }

    public static async IAsyncEnumerable<T> ReadAsync<T>(Stream stream, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (ReadOnlyMemory<byte> json in ReadRawAsync(stream, ct))
        {
            yield return JsonSerializer.Deserialize(json.Span, type)!;
        }
    }

    private static bool TryValue(ReadOnlySpan<byte> bytes, out int start, out int length)
    {
        length = 0;
        start = bytes.IndexOfAnyExcept(" \t\r\n\0"u8);
        if (start < 0)
        {
            start = 0;
            return false;
        }

        var reader = new Utf8JsonReader(bytes[start..], isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true }));
        if (!reader.Read() || !reader.TrySkip())
        {
            return false;
        }

        length = (int)reader.BytesConsumed;
        return true;
    }
}
