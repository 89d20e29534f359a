using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wharf.Oci.Distribution;

/// <summary>The error body of a registry: OCI distribution specification, "Error Codes".</summary>
public sealed record RegistryErrors
{
    [JsonPropertyName("errors")]
    public IReadOnlyList<RegistryError>? Errors { get; set; }
}

/// <summary>One reason; <see cref="Code"/> is a word such as MANIFEST_UNKNOWN.</summary>
public sealed record RegistryError
{
    [JsonPropertyName("code")]
    public string? Code { get; set; }

    [JsonPropertyName("message")]
    public string? Message { get; set; }

    [JsonPropertyName("detail")]
    public JsonElement? Detail { get; set; }
}

/// <summary>What a token server answers (distribution token authentication specification; OAuth2 variant included).</summary>
public sealed record TokenResponse
{
    [JsonPropertyName("token")]
    public string? Token { get; set; }

    [JsonPropertyName("access_token")]
    public string? AccessToken { get; set; }

    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; set; }

    /// <summary>Seconds; 60 when absent.</summary>
    [JsonPropertyName("expires_in")]
    public int? ExpiresIn { get; set; }

    [JsonPropertyName("issued_at")]
    public string? IssuedAt { get; set; }
}

/// <summary>A page of a repository's tags.</summary>
public sealed record TagList
{
    [JsonPropertyName("name")]
    public string? Name { get; set; }

    [JsonPropertyName("tags")]
    public IReadOnlyList<string>? Tags { get; set; }
}

/// <summary>The answer of an index to a search (Docker's v1 index API, which has no other specification).</summary>
public sealed record SearchAnswer
{
    [JsonPropertyName("results")]
    public IReadOnlyList<SearchHit>? Results { get; set; }
}

/// <summary>One repository found.</summary>
public sealed record SearchHit
{
    [JsonPropertyName("name")]
    public string? Name { get; set; }

    [JsonPropertyName("description")]
    public string? Description { get; set; }

    [JsonPropertyName("star_count")]
    public int StarCount { get; set; }

    [JsonPropertyName("is_official")]
    public bool IsOfficial { get; set; }

    [JsonPropertyName("is_automated")]
    public bool IsAutomated { get; set; }
}
