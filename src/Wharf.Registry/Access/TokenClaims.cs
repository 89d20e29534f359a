using System.Text.Json;

namespace Wharf.Registry.Access;

/// <summary>What a token says (RFC 7519, and the access claim of the distribution token authentication specification).</summary>
internal sealed record TokenClaims
{
    public string Issuer { get; init; } = "";

    public string Subject { get; init; } = "";

    public IReadOnlyList<string> Audience { get; init; } = [];

    public DateTimeOffset Expires { get; init; }

    public DateTimeOffset NotBefore { get; init; }

    public IReadOnlyList<TokenGrant> Access { get; init; } = [];

    /// <summary>What ties a refresh token to the password it was got with; empty in others.</summary>
    public string Fingerprint { get; init; } = "";

    /// <exception cref="InvalidOperationException">A claim has the wrong type.</exception>
    public static TokenClaims Read(JsonElement payload)
    {
        string Text(string name) => payload.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? "" : "";
        DateTimeOffset? Time(string name) => payload.TryGetProperty(name, out JsonElement value) ? DateTimeOffset.FromUnixTimeSeconds((long)value.GetDouble()) : null;
        return new TokenClaims
        {
            Issuer = Text("iss"),
            Subject = Text("sub"),
            Audience = !payload.TryGetProperty("aud", out JsonElement audience) ? []
                : audience.ValueKind == JsonValueKind.Array ? [.. audience.EnumerateArray().Select(a => a.GetString() ?? "")] : [audience.GetString() ?? ""],
            Expires = Time("exp") ?? DateTimeOffset.MinValue,
            NotBefore = Time("nbf") ?? DateTimeOffset.UnixEpoch.AddYears(1),
            Access = payload.TryGetProperty("access", out JsonElement access) && access.ValueKind == JsonValueKind.Array ? [.. access.EnumerateArray().Select(Grant)] : [],
            Fingerprint = Text("fpr"),
        };
    }

    private static TokenGrant Grant(JsonElement grant) => new(
        grant.GetProperty("type").GetString() ?? "",
        grant.GetProperty("name").GetString() ?? "",
        [.. grant.GetProperty("actions").EnumerateArray().Select(a => a.GetString() ?? "")]);
}
