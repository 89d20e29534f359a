using System.Net;
using System.Text.Json;
using Wharf.Oci.Distribution;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Registries;

/// <summary>A refusal by a registry, as it gave it: the first of its errors, or only the status.</summary>
internal sealed record RegistryFailure(HttpStatusCode Status, string? Code, string? Message, TimeSpan? RetryAfter)
{
    private const int MaxErrorBody = 64 * 1024;

    /// <summary>Trying the same again may help.</summary>
    public bool IsTemporary => Status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)Status >= 500;

    public bool IsNotFound => Status == HttpStatusCode.NotFound;

    /// <summary>Docker's text: <c>manifest unknown: manifest unknown</c>, or the status line.</summary>
    public string Text => Code is null
        ? Status switch
        {
            HttpStatusCode.Unauthorized => "unauthorized: authentication required",
            HttpStatusCode.Forbidden => "denied: requested access to the resource is denied",
            HttpStatusCode.TooManyRequests => "toomanyrequests: too many requests",
            _ => $"received unexpected HTTP status: {(int)Status} {ReasonPhrase(Status)}",
        }
        : $"{Code.ToLowerInvariant().Replace('_', ' ')}: {Message}";

    public static async Task<RegistryFailure> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        string? code = null, message = null;
        try
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
            var buffer = new byte[MaxErrorBody];
            int read = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct).ConfigureAwait(false);
            if (read > 0 && read < MaxErrorBody && JsonSerializer.Deserialize(buffer.AsSpan(0, read), OciImageJson.RegistryErrors)?.Errors is [{ Code: { } c } first, ..])
            {
                (code, message) = (Printable(c), Printable(first.Message ?? ""));
            }
        }
        catch (Exception e) when (e is JsonException or IOException or HttpRequestException)
        {
            // Not every proxy answers in the registry's format; the status is then all there is to tell.
        }

        return new RegistryFailure(response.StatusCode, code, message, RetryAfterOf(response));
    }

    /// <summary>The failure as an error of ours, when nothing better is known about what was asked.</summary>
    public WharfException ToException(string request) => new(
        Status switch
        {
            HttpStatusCode.Unauthorized => ErrorKind.Unauthorized,
            HttpStatusCode.Forbidden => ErrorKind.Forbidden,
            HttpStatusCode.NotFound => ErrorKind.NotFound,
            _ => ErrorKind.Internal,
        }, request.Length > 0 && Code is null ? $"{request}: {Text}" : Text);

    private static TimeSpan? RetryAfterOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - DateTimeOffset.UtcNow,
        _ => null,
    };

    private static string ReasonPhrase(HttpStatusCode status)
    {
        using var response = new HttpResponseMessage(status);
        return response.ReasonPhrase ?? "";
    }

    // A registry's words go to terminals and logs: no control characters, no novels.
    private static string Printable(string text) =>
        new([.. text.Take(1000).Select(c => char.IsControl(c) ? ' ' : c)]);
}
