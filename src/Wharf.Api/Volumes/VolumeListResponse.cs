namespace Wharf.Api.Volumes;

/// <summary>Engine API 1.55, definition <c>VolumeListResponse</c>.</summary>
public sealed record VolumeListResponse
{
    public List<Volume>? Volumes { get; set; }

    public List<string>? Warnings { get; set; }
}
