using Wharf.Images.Snapshots.Overlay;
using Wharf.Images.Snapshots.Whole;
using Wharf.Primitives;

namespace Wharf.Images.Snapshots;

/// <summary>Chooses and opens the driver of a data root.</summary>
public static class SnapshotDrivers
{
    /// <summary>In the order of preference.</summary>
    private static readonly (string Name, Func<SnapshotSettings, ISnapshotDriver> Open)[] All =
    [
        (OverlayDriver.DriverName, s => new OverlayDriver(s)),
        (Subvolumes.DriverName, OpenBtrfs),
        (DirectoryTrees.DriverName, s => new WholeTreeDriver(new DirectoryTrees(), s)),
    ];

    /// <param name="name">"overlay2", "btrfs", "vfs", or null for the best that works here (what the data root already holds wins).</param>
    /// <param name="settings">Data root and owners.</param>
    /// <exception cref="WharfException">InvalidArgument: no such driver, or it cannot work on this file system, and why.</exception>
    public static ISnapshotDriver Open(string? name, SnapshotSettings settings)
    {
        Directory.CreateDirectory(settings.DataRoot);
        if (name is not null)
        {
            foreach (var driver in All)
            {
                if (driver.Name == name)
                {
                    return driver.Open(settings);
                }
            }

            throw WharfException.Invalid($"graphdriver: driver \"{name}\" is not supported; choose from {string.Join(", ", All.Select(d => d.Name))}");
        }

        foreach (var driver in All)
        {
            if (Holds(settings.DataRoot, driver.Name))
            {
                return driver.Open(settings);
            }
        }

        WharfException? reason = null;
        foreach (var driver in All)
        {
            try
            {
                return driver.Open(settings);
            }
            catch (WharfException e) when (e.Kind == ErrorKind.InvalidArgument)
            {
                reason ??= e; // the next one asks less of the file system
            }
        }

        throw reason!;
    }

    private static WholeTreeDriver OpenBtrfs(SnapshotSettings settings)
    {
        Subvolumes.Require(settings.DataRoot);
        return new WholeTreeDriver(new Subvolumes(), settings);
    }

    private static bool Holds(string dataRoot, string name)
    {
        string path = Path.Combine(dataRoot, name);
        return Directory.Exists(path) && Directory.EnumerateDirectories(path).Any(p => ObjectId.IsFull(Path.GetFileName(p)));
    }
}
