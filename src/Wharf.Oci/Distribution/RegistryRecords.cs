using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wharf.Oci.Distribution;

/// <summary>The error body of a registry: OCI distribution specification, "Error Codes".</summary>
public sealed record RegistryErrors
{
    [JsonPropertyName("errors")]
    public IReadOnlyList<RegistryError>? Errors { get; init; }
}

/// <summary>One reason; <see cref="Code"/> is a word such as MANIFEST_UNKNOWN.</summary>
public sealed record RegistryError
{
    [JsonPropertyName("code")]
    public string? Code { get; init; }

    [JsonPropertyName("message")]
    public string? Message { get; init; }

    [JsonPropertyName("detail")]
    public JsonElement? Detail { get; init; }
}

/// <summary>What a token server answers (distribution token authentication specification; OAuth2 variant included).</summary>
public sealed record TokenResponse
{
    [JsonPropertyName("token")]
    public string? Token { get; init; }

    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }

    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }

    /// <summary>Seconds; 60 when absent.</summary>
    [JsonPropertyName("expires_in")]
    public int? ExpiresIn { get; init; }

    [JsonPropertyName("issued_at")]
    public string? IssuedAt { get; init; }
}

/// <summary>A page of a repository's tags.</summary>
public sealed record TagList
{
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("tags")]
    public IReadOnlyList<string>? Tags { get; init; }
}

/// <summary>The answer of an index to a search (Docker's v1 index API, which has no other specification).</summary>
public sealed record SearchAnswer
{
    [JsonPropertyName("results")]
    public IReadOnlyList<SearchHit>? Results { get; init; }
}

/// <summary>One repository found.</summary>
public sealed record SearchHit
{
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("description")]
    public string? Description { get; init; }

    [JsonPropertyName("star_count")]
    public int StarCount { get; init; }

    [JsonPropertyName("is_official")]
    public bool IsOfficial { get; init; }

    [JsonPropertyName("is_automated")]
    public bool IsAutomated { get; init; }
}
