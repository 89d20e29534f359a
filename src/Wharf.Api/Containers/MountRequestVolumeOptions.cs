namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class MountRequestVolumeOptions
{
    public bool NoCopy { get; set; }

    public Dictionary<string, string>? Labels { get; set; }

    public MountRequestVolumeOptionsDriverConfig? DriverConfig { get; set; }

    public string? Subpath { get; set; }
}
