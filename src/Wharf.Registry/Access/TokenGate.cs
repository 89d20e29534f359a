using Microsoft.AspNetCore.Http;

namespace Wharf.Registry.Access;

/// <summary>Bearer tokens of a token server, our own or another's (distribution token authentication specification).</summary>
/// <param name="realm">The token server's address; null for our own, at the address under which the client found us.</param>
/// <param name="service">The name under which the token server knows this registry.</param>
/// <param name="verifier">Believes tokens, or not.</param>
internal sealed class TokenGate(string? realm, string service, TokenVerifier verifier) : IAccessGate
{
    public bool IsOpen => false;

    public ValueTask<Caller> IdentifyAsync(HttpRequest request, CancellationToken ct)
    {
        string header = request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return ValueTask.FromResult<Caller>(new TokenCaller("", []));
        }

        TokenClaims? claims = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? verifier.Verify(header[7..].Trim()) : null;
        return claims is null
            ? throw RegistryFault.Unauthorized("authentication required")
            : ValueTask.FromResult<Caller>(new TokenCaller(claims.Subject, claims.Access));
    }

    public string? Challenge(HttpRequest request, string? scope, string? error)
    {
        string scheme = request.Headers["X-Forwarded-Proto"].ToString() is "https" ? "https" : request.Scheme;
        string text = $"Bearer realm=\"{realm ?? $"{scheme}://{request.Host.Value}/token"}\",service=\"{service}\"";
        text += scope is null ? "" : $",scope=\"{scope}\"";
        return text + (error is null ? "" : $",error=\"{error}\"");
    }
}
