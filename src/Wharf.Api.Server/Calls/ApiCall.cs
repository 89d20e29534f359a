using System.Globalization;
using System.Numerics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Wharf.Api.Server.Routing;
using Wharf.Api.Versions;
using Wharf.Primitives;

namespace Wharf.Api.Server;

/// <summary>One request as handlers see it: values of the route, query in Go's manner, body, and the ways to answer.</summary>
public sealed partial class ApiCall
{
    private readonly RouteValues values;

    internal ApiCall(HttpContext http, ApiVersion version, RouteValues values)
    {
        Http = http;
        Version = version;
        this.values = values;
    }

    public HttpContext Http { get; }

    /// <summary>The version that the client speaks.</summary>
    public ApiVersion Version { get; }

    /// <summary>Cancelled when the client is gone (not by its end of sending on a hijacking route).</summary>
    public CancellationToken Ct => Http.RequestAborted;

    /// <summary>The value of a template's part.</summary>
    public string this[string name] => values[name];

    /// <summary>A query parameter; null when it is absent or empty, which Docker never tells apart.</summary>
    public string? Query(string name) =>
        Http.Request.Query.TryGetValue(name, out StringValues found) && found.Count > 0 && found[0]!.Length > 0 ? found[0] : null;

    /// <summary>Every value of a parameter that may be repeated.</summary>
    public IReadOnlyList<string> QueryAll(string name) =>
        Http.Request.Query.TryGetValue(name, out StringValues found) ? [.. found.OfType<string>().Where(text => text.Length > 0)] : [];

    public bool HasQuery(string name) => Http.Request.Query.ContainsKey(name);

    /// <summary>As Docker reads booleans: absent, empty, 0, no, false and none are false, anything else is true.</summary>
    public bool Flag(string name) =>
        Query(name)?.Trim().ToLowerInvariant() is not (null or "" or "0" or "no" or "false" or "none");

    /// <summary>As <see cref="Flag(string)"/>, with what to take when the parameter is absent.</summary>
    public bool Flag(string name, bool otherwise) => HasQuery(name) ? Flag(name) : otherwise;

    /// <summary>A number; null when absent, refused when it is none.</summary>
    public long? Number(string name)
    {
        string? text = Query(name);
        return text is null ? null
            : long.TryParse(text, NumberStyles.AllowLeadingSign, null, out long number) ? number
            : throw WharfException.Invalid($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
    }

    /// <summary>The size of a terminal in <c>h</c> and <c>w</c>.</summary>
    public (int Height, int Width) TerminalSize() => (Extent("h", "height"), Extent("w", "width"));

    // What fits the API but no terminal of the kernel (ioctl_tty(2): 16 bits) is as large as a terminal can be.
    private int Extent(string name, string what)
    {
        string text = Query(name) ?? string.Empty;
        return BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, null, out BigInteger number)
            ? number >= 0 && number <= uint.MaxValue
                ? (int)BigInteger.Min(number, ushort.MaxValue)
                : throw WharfException.Invalid($"invalid resize {what} \"{text}\": value out of range")
            : throw WharfException.Invalid($"invalid resize {what} \"{text}\": invalid syntax");
    }

    public string? Header(string name) => Http.Request.Headers.TryGetValue(name, out StringValues found) ? found.ToString() : null;
}
