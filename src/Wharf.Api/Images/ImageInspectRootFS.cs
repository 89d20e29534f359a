namespace Wharf.Api.Images;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class ImageInspectRootFS
{
    public string? Type { get; set; }

    public List<string>? Layers { get; set; }
}
