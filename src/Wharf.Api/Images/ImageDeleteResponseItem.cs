namespace Wharf.Api.Images;

/// <summary>Engine API 1.55, definition <c>ImageDeleteResponseItem</c>.</summary>
public sealed class ImageDeleteResponseItem
{
    public string? Untagged { get; set; }

    public string? Deleted { get; set; }
}
