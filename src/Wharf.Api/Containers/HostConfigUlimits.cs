namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class HostConfigUlimits
{
    public string? Name { get; set; }

    public long Soft { get; set; }

    public long Hard { get; set; }
}
