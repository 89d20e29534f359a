namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class MountRequestBindOptions : Changeable<MountRequestBindOptions>
{
    public string? Propagation { get; set; }

    public bool NonRecursive { get; set; }

    public bool CreateMountpoint { get; set; }

    public bool ReadOnlyNonRecursive { get; set; }

    public bool ReadOnlyForceRecursive { get; set; }
}
