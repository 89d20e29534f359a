namespace Wharf.Api.Images;

/// <summary>Engine API 1.55, definition <c>PullIdentity</c>.</summary>
public sealed class PullIdentity
{
    public string? Repository { get; set; }
}
