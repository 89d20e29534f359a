namespace Wharf.Api.Images;

/// <summary>Engine API 1.55, definition <c>ImageID</c>.</summary>
public sealed record ImageIdResponse
{
    public string? ID { get; set; }
}
