namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class MountRequestVolumeOptionsDriverConfig
{
    public string? Name { get; set; }

    public Dictionary<string, string>? Options { get; set; }
}
