namespace Wharf.Api.Images;

/// <summary>Engine API 1.55, definition <c>ImageID</c>.</summary>
public sealed class ImageIdResponse
{
    public string? ID { get; set; }
}
