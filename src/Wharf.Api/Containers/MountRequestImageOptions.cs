namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class MountRequestImageOptions
{
    public string? Subpath { get; set; }
}
