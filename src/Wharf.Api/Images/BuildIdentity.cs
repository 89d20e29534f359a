namespace Wharf.Api.Images;

/// <summary>Engine API 1.55, definition <c>BuildIdentity</c>.</summary>
public sealed class BuildIdentity
{
    public string? Ref { get; set; }

    public string? CreatedAt { get; set; }
}
