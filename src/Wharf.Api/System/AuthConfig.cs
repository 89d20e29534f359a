using System.Text.Json.Serialization;

namespace Wharf.Api.System;

/// <summary>Credentials for a registry: the body of <c>POST /auth</c> and, base64url-coded, the header <c>X-Registry-Auth</c>.</summary>
public sealed class AuthConfig
{
    [JsonPropertyName("username")]
    public string? Username { get; set; }

    [JsonPropertyName("password")]
    public string? Password { get; set; }

    /// <summary>User and password in one, base64 of <c>user:password</c>, as config.json keeps them.</summary>
    [JsonPropertyName("auth")]
    public string? Auth { get; set; }

    [JsonPropertyName("email")]
    public string? Email { get; set; }

    [JsonPropertyName("serveraddress")]
    public string? Serveraddress { get; set; }

    /// <summary>A refresh token in place of the password.</summary>
    [JsonPropertyName("identitytoken")]
    public string? Identitytoken { get; set; }

    /// <summary>A bearer token to send as it is.</summary>
    [JsonPropertyName("registrytoken")]
    public string? Registrytoken { get; set; }

    // Secrets must not reach logs through a record's generated text.
    public override string ToString() => $"credentials of {Username} at {Serveraddress}";
}
