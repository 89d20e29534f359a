namespace Wharf.Api.Images;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class ImageManifestSummarySize
{
    public long Total { get; set; }

    public long Content { get; set; }
}
