using Microsoft.Win32.SafeHandles;
using Wharf.Linux;

namespace Wharf.Images.Snapshots;

/// <summary>
/// Bounds for directories below one folder, by a project of the file system for each. The numbers are found again in the directories themselves,
/// those that wait for their deletion included: until they are gone, their files count for their project. The first number above the folder's own
/// is kept free, for asking whether the file system has quotas at all.
/// </summary>
internal sealed class ProjectQuotas
{
    private readonly string[] _places;
    private readonly uint _first;
    private readonly Lock _gate = new();
    private uint _next;

    private ProjectQuotas(string[] places, uint own)
    {
        _places = places;
        _first = own + 2;
    }

    /// <param name="root">The folder.</param>
    /// <param name="trash">Where its directories wait for their deletion.</param>
    /// <returns>Null where the file system has no project quotas, or they are not switched on.</returns>
    public static ProjectQuotas? TryOpen(string root, string trash)
    {
        using SafeFileHandle handle = DriverDirectory.Open(root);
        return ProjectQuotaCalls.GetProject(handle, out uint own) == Errno.None && ProjectQuotaCalls.SetLimit(handle, own + 1, 0) == Errno.None
            ? new ProjectQuotas([root, trash], own)
            : null;
    }

    /// <summary>Bounds what an empty directory, and all that will be made in it, may take.</summary>
    public void Bound(string directory, long bytes)
    {
        using SafeFileHandle handle = DriverDirectory.Open(directory);
        uint project;
        lock (_gate)
        {
            _next = _next == 0 ? FindNext() : _next + 1;
            project = _next;
        }

        // The bound first: nothing is ever in the project without it.
        ProjectQuotaCalls.SetLimit(handle, project, bytes).ThrowIfError("quotactl", directory);
        ProjectQuotaCalls.SetProject(handle, project).ThrowIfError("set project of", directory);
    }

    /// <summary>Lifts the bound of a directory, if it has one.</summary>
    public void Release(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        using SafeFileHandle handle = DriverDirectory.Open(directory);
        if (ProjectQuotaCalls.GetProject(handle, out uint project) == Errno.None && project >= _first)
        {
            ProjectQuotaCalls.SetLimit(handle, project, 0).ThrowIfError("quotactl", directory);
        }
    }

    private uint FindNext()
    {
        uint highest = _first - 1;
        foreach (string directory in _places.SelectMany(Directory.EnumerateDirectories))
        {
            Errno errno = FileCalls.Open(directory, OpenFlags.Directory | OpenFlags.NoFollow, out SafeFileHandle handle);
            if (errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
            {
                continue; // deleted meanwhile, or only a link
            }

            errno.ThrowIfError("open", directory);
            using SafeFileHandle opened = handle;
            if (ProjectQuotaCalls.GetProject(opened, out uint project) == Errno.None && project > highest)
            {
                highest = project;
            }
        }

        return highest + 1;
    }
}
