using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Wharf.Primitives;

namespace Wharf.Api.Server;

public sealed partial class ApiCall
{
    private const string JsonContentType = "application/json";

    // Larger than any body a client has a reason to send as JSON; build contexts and archives do not pass through here.
    private const int MaxJsonBody = 16 << 20;

    /// <summary>Reads a JSON body that must be there.</summary>
    public async Task<T> ReadAsync<T>(JsonTypeInfo<T> type)
        where T : class
    {
        RequireJsonContentType();
        return await ReadOptionalAsync(type) ?? throw WharfException.Invalid("invalid JSON: got EOF while reading request body");
    }

    /// <summary>Reads a JSON body; null when there is none or it says null.</summary>
    public async Task<T?> ReadOptionalAsync<T>(JsonTypeInfo<T> type)
        where T : class
    {
        using var body = new MemoryStream();
        byte[] buffer = new byte[8192];
        int count;
        while ((count = await Http.Request.Body.ReadAsync(buffer, Ct)) > 0)
        {
            body.Write(buffer, 0, count);
            if (body.Length > MaxJsonBody)
            {
                throw WharfException.Invalid($"request body is larger than {MaxJsonBody} bytes");
            }
        }

        if (body.Length == 0)
        {
            return null;
        }

        RequireJsonContentType();
        var text = new ReadOnlyMemory<byte>(body.GetBuffer(), 0, (int)body.Length);
        try
        {
            return JsonSerializer.Deserialize(text.Span, type);
        }
        catch (JsonException e)
        {
            throw WharfException.Invalid(JsonComplaint.Of(text.Span) ?? JsonMismatch.Of(e, text.Span), e);
        }
    }

    public Task WriteAsync<T>(T value, JsonTypeInfo<T> type) => WriteAsync(StatusCodes.Status200OK, value, type);

    public Task CreatedAsync<T>(T value, JsonTypeInfo<T> type) => WriteAsync(StatusCodes.Status201Created, value, type);

    public async Task WriteAsync<T>(int status, T value, JsonTypeInfo<T> type)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(value, type);
        HttpResponse response = Http.Response;
        response.StatusCode = status;
        response.ContentType = JsonContentType;
        response.ContentLength = json.Length + 1;
        // Go's encoder ends every document with a newline, and shell scripts have come to count on it.
        PipeWriter writer = response.BodyWriter;
        json.CopyTo(writer.GetSpan(json.Length));
        writer.Advance(json.Length);
        "\n"u8.CopyTo(writer.GetSpan(1));
        writer.Advance(1);
        await writer.FlushAsync(Ct);
    }

    /// <summary>An answer without a body.</summary>
    public Task StatusAsync(int status)
    {
        Http.Response.StatusCode = status;
        if (status != StatusCodes.Status204NoContent)
        {
            Http.Response.ContentLength = 0;
        }

        return Task.CompletedTask;
    }

    public Task NoContentAsync() => StatusAsync(StatusCodes.Status204NoContent);

    // A browser's cross-site form cannot set this content type without asking first; so it must be right wherever a body is read.
    private void RequireJsonContentType()
    {
        string? given = Http.Request.ContentType;
        if (string.IsNullOrEmpty(given))
        {
            throw WharfException.Invalid("Content-Type header is missing: must be 'application/json'");
        }

        string media = given.Split(';')[0].Trim();
        if (!media.Equals(JsonContentType, StringComparison.OrdinalIgnoreCase))
        {
            throw WharfException.Invalid($"unsupported Content-Type header ({given}): must be 'application/json'");
        }
    }
}
