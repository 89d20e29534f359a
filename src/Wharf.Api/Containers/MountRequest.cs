namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>Mount</c>.</summary>
public sealed class MountRequest : Changeable<MountRequest>
{
    public string? Target { get; set; }

    public string? Source { get; set; }

    public string? Type { get; set; }

    public bool ReadOnly { get; set; }

    public string? Consistency { get; set; }

    public MountRequestBindOptions? BindOptions { get; set; }

    public MountRequestVolumeOptions? VolumeOptions { get; set; }

    public MountRequestImageOptions? ImageOptions { get; set; }

    public MountRequestTmpfsOptions? TmpfsOptions { get; set; }
}
