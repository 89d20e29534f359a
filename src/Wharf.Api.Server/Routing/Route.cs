using Wharf.Api.Versions;

namespace Wharf.Api.Server.Routing;

/// <summary>What answers a request: parse, one call of the engine, write. Failures are thrown and turned into an answer in one place.</summary>
public delegate Task RouteHandler(ApiCall call);

/// <summary>How a route uses its connection.</summary>
public enum RouteStyle
{
    /// <summary>Request and response; a client that goes away cancels the work.</summary>
    Plain,

    /// <summary>The connection may become a raw byte stream, so the client's end of sending is end of input and not a farewell.</summary>
    Hijack,
}

/// <summary>
/// One endpoint as data. <see cref="Template"/> has literal segments, <c>{name}</c> for one segment and <c>{name...}</c> for one or more,
/// at any place: <c>/images/{name...}/json</c>.
/// </summary>
public sealed record Route(string Method, string Template, RouteHandler Handler)
{
    /// <summary>The API version that brought the endpoint; older clients get "page not found".</summary>
    public ApiVersion Since { get; init; } = ApiVersion.Oldest;

    public RouteStyle Style { get; init; } = RouteStyle.Plain;

    public static Route Get(string template, RouteHandler handler, string? since = null) => Make("GET", template, handler, since);

    public static Route Head(string template, RouteHandler handler, string? since = null) => Make("HEAD", template, handler, since);

    public static Route Post(string template, RouteHandler handler, string? since = null) => Make("POST", template, handler, since);

    public static Route Put(string template, RouteHandler handler, string? since = null) => Make("PUT", template, handler, since);

    public static Route Delete(string template, RouteHandler handler, string? since = null) => Make("DELETE", template, handler, since);

    public Route Hijacking() => this with { Style = RouteStyle.Hijack };

    private static Route Make(string method, string template, RouteHandler handler, string? since) =>
        new(method, template, handler)
        {
            Since = since is null ? ApiVersion.Oldest
                : ApiVersion.TryParse(since, out ApiVersion version) ? version
                : throw new ArgumentException($"{since} is no API version", nameof(since)),
        };
}
