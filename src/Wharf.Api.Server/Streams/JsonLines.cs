using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Wharf.Api.Server.Streams;

/// <summary>
/// A response of JSON documents, one a line, each flushed as it comes: progress, events, stats. Nothing is sent before the first
/// line, so that a failure until then can still choose its status. Callers on several threads are put in a row.
/// </summary>
public sealed class JsonLines(HttpResponse response, string contentType = "application/json") : IDisposable
{
    /// <summary>The end of lines of progress: its first readers were terminals.</summary>
    public static readonly byte[] CarriageReturn = [(byte)'\r', (byte)'\n'];

    /// <summary>The end of every other document, as Go's encoder writes it.</summary>
    public static readonly byte[] Newline = [(byte)'\n'];

    private readonly SemaphoreSlim turn = new(1, 1);

    public bool Started { get; private set; }

    /// <summary>A byte before each document: RFC 7464 (json-seq) has 0x1E there.</summary>
    public byte? RecordSeparator { get; init; }

    public ReadOnlyMemory<byte> LineEnd { get; init; } = CarriageReturn;

    public async Task WriteAsync<T>(T value, JsonTypeInfo<T> type, CancellationToken ct)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(value, type);
        await turn.WaitAsync(ct);
        try
        {
            Begin();
            PipeWriter writer = response.BodyWriter;
            Span<byte> span = writer.GetSpan(json.Length + 3);
            int used = 0;
            if (RecordSeparator is byte separator)
            {
                span[used++] = separator;
            }

            json.CopyTo(span[used..]);
            used += json.Length;
            LineEnd.Span.CopyTo(span[used..]);
            writer.Advance(used + LineEnd.Length);
            await writer.FlushAsync(ct);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Sends the head of the response before there is a line: watchers of events wait for it.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        Begin();
        await response.BodyWriter.FlushAsync(ct);
    }

    public void Dispose() => turn.Dispose();

    private void Begin()
    {
        if (!Started)
        {
            Started = true;
            response.StatusCode = StatusCodes.Status200OK;
            response.ContentType = contentType;
        }
    }
}
