using Wharf.Primitives;

namespace Wharf.Engine.Volumes;

/// <summary>What containers need of volumes. Which containers use a volume is read from the containers, never stored twice.</summary>
internal interface IContainerVolumes
{
    /// <summary>The volume of that name, created when there is none; durable when the task ends.</summary>
    /// <param name="wish">What a mount says of its volume.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="WharfException">InvalidArgument for a bad name, an unknown driver or options that the existing volume does not have.</exception>
    Task<ContainerVolume> EnsureAsync(VolumeWish wish, CancellationToken ct);

    /// <summary>Host path of the volume's content, mounted if its options ask for a mount; counts one user until <see cref="UnmountAsync"/>.</summary>
    /// <exception cref="WharfException">NotFound.</exception>
    Task<string> MountAsync(string name, string containerId, CancellationToken ct);

    /// <summary>The container had the volume's mount when the last daemon ended, and still has it or has to give it back.</summary>
    void Adopt(string name, string containerId);

    /// <summary>The container no longer uses the volume's mount. False where it did not.</summary>
    Task<bool> UnmountAsync(string name, string containerId, CancellationToken ct);

    /// <summary>Where inspect says the volume is; null when it is gone.</summary>
    string? Mountpoint(string name);

    /// <summary>Removes an anonymous volume that no other container uses; used or unknown ones stay and are no error.</summary>
    Task RemoveUnusedAsync(string name, CancellationToken ct);
}

/// <param name="Name">Null for an anonymous volume: a name of 64 hexadecimal digits is made up.</param>
/// <param name="Driver">Empty for local.</param>
internal sealed record VolumeWish(string? Name, string Driver, IReadOnlyDictionary<string, string> Options, IReadOnlyDictionary<string, string> Labels, bool Durable = true);

/// <param name="Name">Its name.</param>
/// <param name="Driver">local, or a plugin's name.</param>
/// <param name="Path">Host path of its content.</param>
/// <param name="Created">True when this call made it.</param>
internal sealed record ContainerVolume(string Name, string Driver, string Path, bool Created);
