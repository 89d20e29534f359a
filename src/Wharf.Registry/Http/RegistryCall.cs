using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Wharf.Primitives;
using Wharf.Registry.Access;

namespace Wharf.Registry.Http;

/// <summary>One request on its way: what it names, who makes it, and how to answer.</summary>
internal sealed class RegistryCall(HttpContext context, Target target)
{
    public HttpContext Context => context;

    public HttpRequest Request => context.Request;

    public HttpResponse Response => context.Response;

    public CancellationToken Ct => context.RequestAborted;

    public Target Target => target;

    public string Repository => target.Repository;

    public string Method => context.Request.Method;

    public bool IsHead => HttpMethods.IsHead(Method);

    public Caller Caller { get; set; } = Caller.Anyone;

    /// <summary>The first value of a query parameter; null when it is not there.</summary>
    public string? Query(string name) => Request.Query.TryGetValue(name, out var values) ? values[0] ?? "" : null;

    /// <summary>The digest in the path or a parameter.</summary>
    /// <exception cref="RegistryFault">DIGEST_INVALID.</exception>
    public static Digest DigestOf(string? text) => Digest.TryParse(text, out Digest digest)
        ? digest
        : throw new RegistryFault(400, "DIGEST_INVALID", "invalid checksum digest format", new JsonObject { ["digest"] = text });

    public void Header(string name, string value) => Response.Headers[name] = value;

    public Task StatusAsync(int status)
    {
        Response.StatusCode = status;
        if (status is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified))
        {
            Response.ContentLength = 0;
        }

        return Task.CompletedTask;
    }

    public Task BytesAsync(int status, string contentType, ReadOnlyMemory<byte> content)
    {
        Response.StatusCode = status;
        Response.ContentType = contentType;
        Response.ContentLength = content.Length;
        return IsHead ? Task.CompletedTask : Response.BodyWriter.WriteAsync(content, Ct).AsTask();
    }

    public Task JsonAsync<T>(int status, T value, JsonTypeInfo<T> type, string contentType = "application/json; charset=utf-8") =>
        BytesAsync(status, contentType, JsonSerializer.SerializeToUtf8Bytes(value, type));

    public Task TextAsync(int status, string text) => BytesAsync(status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));

    /// <summary>The page that n and last ask for, and the Link to the next one (OCI distribution specification, "Listing Tags").</summary>
    /// <exception cref="RegistryFault">PAGINATION_NUMBER_INVALID.</exception>
    public List<string> Page(IEnumerable<string> ordered, int most, bool refuseMore)
    {
        int n = most;
        if (Query("n") is { Length: > 0 } given && (!int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out n) || (refuseMore && n > most)))
        {
            throw RegistryFault.PageInvalid(given);
        }

        n = Math.Min(n, most);
        string last = Query("last") ?? "";
        List<string> page = [.. ordered.Where(i => last.Length == 0 || string.CompareOrdinal(i, last) > 0).Take(n + 1)];
        if (page.Count > n)
        {
            page.RemoveAt(n);
            if (n > 0)
            {
                Header("Link", $"<{Request.Path}?last={Uri.EscapeDataString(page[^1])}&n={n}>; rel=\"next\"");
            }
        }

        return page;
    }
}
