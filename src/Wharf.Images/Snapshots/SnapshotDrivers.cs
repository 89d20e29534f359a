using Wharf.Primitives;

namespace Wharf.Images.Snapshots;

/// <summary>Chooses and opens the driver of a data root.</summary>
public static class SnapshotDrivers
{
    /// <param name="name">"overlay2", "vfs", "btrfs", or null for the best that works here (what the data root already holds wins).</param>
    /// <param name="settings">Data root and owners.</param>
    /// <exception cref="WharfException">InvalidArgument: no such driver, or it cannot work on this file system, and why.</exception>
    public static ISnapshotDriver Open(string? name, SnapshotSettings settings) => throw WharfException.Unsupported($"{name}{settings}");
}
