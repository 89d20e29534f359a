using Microsoft.AspNetCore.Http;

namespace Wharf.Registry.Access;

/// <summary>Says who makes a request, and tells those who are turned away how to come back.</summary>
internal interface IAccessGate
{
    /// <summary>Where nobody needs to say who they are, <c>/v2/</c> answers everybody; elsewhere it asks, which is how clients learn the scheme.</summary>
    bool IsOpen { get; }

    /// <returns>The caller; an anonymous one when the request has no credentials.</returns>
    /// <exception cref="RegistryFault">UNAUTHORIZED: the credentials are wrong.</exception>
    ValueTask<Caller> IdentifyAsync(HttpRequest request, CancellationToken ct);

    /// <summary>The WWW-Authenticate header for a request that lacks <paramref name="scope"/>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="scope">What it would need; null for none in particular.</param>
    /// <param name="error">invalid_token or insufficient_scope (RFC 6750), or null for a request without credentials.</param>
    string? Challenge(HttpRequest request, string? scope, string? error);
}

/// <summary>A registry for everybody.</summary>
internal sealed class OpenGate : IAccessGate
{
    public bool IsOpen => true;

    public ValueTask<Caller> IdentifyAsync(HttpRequest request, CancellationToken ct) => ValueTask.FromResult(Caller.Anyone);

    public string? Challenge(HttpRequest request, string? scope, string? error) => null;
}
