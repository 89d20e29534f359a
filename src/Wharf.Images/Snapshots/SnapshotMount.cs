using Microsoft.Win32.SafeHandles;

namespace Wharf.Images.Snapshots;

/// <summary>A container's root for the runtime, by absolute host paths.</summary>
public sealed record SnapshotMount
{
    /// <summary>"overlay", or "bind" when <see cref="Upper"/> alone is the root.</summary>
    public required string Type { get; init; }

    /// <summary>Lower directories, topmost first.</summary>
    public IReadOnlyList<string> Lower { get; init; } = [];

    public required string Upper { get; init; }

    public string? Work { get; init; }
}

/// <summary>An open root file system that nobody else sees; the mount goes with the handle.</summary>
public sealed class SnapshotRoot(SafeFileHandle directory) : IDisposable
{
    public SafeFileHandle Directory { get; } = directory;

    public void Dispose() => Directory.Dispose();
}

/// <summary>Wishes for a container's writable layer.</summary>
public sealed record ContainerLayerOptions
{
    public static readonly ContainerLayerOptions Default = new();

    /// <summary>Put the shared layer with the runtime's mount points (/dev, /proc, /sys, /etc/hosts ...) below the container's own.</summary>
    public bool InitLayer { get; init; } = true;

    /// <summary><c>--storage-opt</c>: "size" where the file system below supports it.</summary>
    public IReadOnlyDictionary<string, string> StorageOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Owner of the root inside (userns-remap).</summary>
    public uint RootUser { get; init; }

    public uint RootGroup { get; init; }
}
