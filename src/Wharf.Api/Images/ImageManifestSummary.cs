namespace Wharf.Api.Images;

/// <summary>Engine API 1.55, definition <c>ImageManifestSummary</c>.</summary>
public sealed class ImageManifestSummary
{
    public string? ID { get; set; }

    public OciDescriptor? Descriptor { get; set; }

    public bool Available { get; set; }

    public ImageManifestSummarySize? Size { get; set; }

    public string? Kind { get; set; }

    public ImageManifestSummaryImageData? ImageData { get; set; }

    public ImageManifestSummaryAttestationData? AttestationData { get; set; }
}
