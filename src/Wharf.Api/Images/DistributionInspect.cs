namespace Wharf.Api.Images;

/// <summary>Engine API 1.55, definition <c>DistributionInspect</c>.</summary>
public sealed class DistributionInspect
{
    public OciDescriptor? Descriptor { get; set; }

    public List<OciPlatform>? Platforms { get; set; }
}
