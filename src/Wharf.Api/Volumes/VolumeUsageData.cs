namespace Wharf.Api.Volumes;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class VolumeUsageData
{
    public long Size { get; set; }

    public long RefCount { get; set; }
}
