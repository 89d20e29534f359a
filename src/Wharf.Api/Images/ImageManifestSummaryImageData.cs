namespace Wharf.Api.Images;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class ImageManifestSummaryImageData
{
    public OciPlatform? Platform { get; set; }

    public ImageIdentity? Identity { get; set; }

    public List<string>? Containers { get; set; }

    public ImageManifestSummaryImageDataSize? Size { get; set; }
}
