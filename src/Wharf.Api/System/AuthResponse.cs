namespace Wharf.Api.System;

/// <summary>Engine API 1.55, definition <c>AuthResponse</c>.</summary>
public sealed class AuthResponse
{
    public string? Status { get; set; }

    public string? IdentityToken { get; set; }
}
