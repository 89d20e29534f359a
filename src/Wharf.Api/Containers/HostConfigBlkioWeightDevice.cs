namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class HostConfigBlkioWeightDevice
{
    public string? Path { get; set; }

    public long Weight { get; set; }
}
