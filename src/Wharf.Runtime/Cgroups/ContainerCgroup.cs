using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Runtime.Cgroups;

/// <summary>
/// A container's cgroup: the same path in every hierarchy of the machine (v1, v2 or both). Processes enter it by themselves: through
/// <see cref="OpenTaskFiles"/> on v1 (a write of "0" to tasks avoids the kernel's global lock that cgroup.procs takes) and through
/// CLONE_INTO_CGROUP on v2.
/// </summary>
public sealed class ContainerCgroup
{
    private readonly CgroupLayout _layout;
    private IReadOnlyDictionary<string, string> _below = new Dictionary<string, string>();

    private ContainerCgroup(CgroupLayout layout, string path)
    {
        _layout = layout;
        Path = path;
    }

    /// <summary>The path below each hierarchy's mount point, with a leading slash: what linux.cgroupsPath says.</summary>
    public string Path { get; }

    public CgroupLayout Layout => _layout;

    /// <summary>True where <see cref="Create"/> found a directory of that path.</summary>
    public bool WasThere { get; private set; }

    /// <summary>The directory below the v2 tree; null where there is none.</summary>
    public string? UnifiedDirectory => _layout.Unified is { } unified ? unified.MountPoint + Path : null;

    /// <summary>The directory in the v1 hierarchy with a controller, or the v2 directory where the controller lives there.</summary>
    public string? DirectoryOf(string controller) => _layout.With(controller) is { } hierarchy ? hierarchy.MountPoint + Path : null;

    /// <summary>Makes the cgroup in every hierarchy. An existing one is taken over (<see cref="WasThere"/>).</summary>
    /// <param name="cgroupsPath">linux.cgroupsPath: absolute is below the mount points, relative below our own cgroup; null is "/ID".</param>
    /// <param name="containerId">For the default path.</param>
    /// <exception cref="WharfException">Where a directory cannot be made; nothing of it is left then.</exception>
    public static ContainerCgroup Create(string? cgroupsPath, string containerId)
    {
        ContainerCgroup cgroup = Open(cgroupsPath, containerId);
        try
        {
            foreach (CgroupHierarchy hierarchy in cgroup._layout.Hierarchies)
            {
                cgroup.WasThere |= !CgroupDirectory.Create(hierarchy, cgroup.Path);
            }
        }
        catch
        {
            cgroup.Delete();
            throw;
        }

        return cgroup;
    }

    /// <summary>The cgroup of a container that exists (or existed) already.</summary>
    public static ContainerCgroup Open(string? cgroupsPath, string containerId)
    {
        string path = CgroupPath.Resolve(cgroupsPath, containerId);
        return new ContainerCgroup(CgroupLayout.Current, path);
    }

    /// <summary>
    /// Applies limits; members that are null stay as they are. What this machine cannot limit becomes a warning.
    /// </summary>
    /// <exception cref="WharfException">A value that the kernel refuses.</exception>
    public void Apply(LinuxResources resources, List<string> warnings)
    {
        new CgroupLimits(this, warnings).Apply(resources);
        DeviceLimits.Apply(this, resources.Devices, warnings);
    }

    /// <summary>The same for a process that goes further down: where <see cref="OpenTaskFiles"/> and <see cref="OpenUnified"/> lead.</summary>
    /// <param name="paths">Paths below this cgroup by v1 controller, or the one for all under the empty name.</param>
    /// <exception cref="WharfException">InvalidArgument: no such controller, or a path that leads out.</exception>
    public ContainerCgroup Below(IReadOnlyDictionary<string, string> paths)
    {
        foreach ((string controller, string path) in paths)
        {
            if (controller.Length > 0 && !_layout.Legacy.Any(h => h.Has(controller)))
            {
                throw WharfException.Invalid($"unknown controller {controller} in --cgroup");
            }

            if (path.Split('/').Contains(".."))
            {
                throw WharfException.Invalid($"{path} is not a sub cgroup path");
            }
        }

        return new ContainerCgroup(_layout, Path) { _below = paths };
    }

    /// <summary>The tasks file of every v1 hierarchy, open for writing.</summary>
    public IReadOnlyList<SafeFileHandle> OpenTaskFiles()
    {
        var files = new List<SafeFileHandle>();
        foreach (CgroupHierarchy hierarchy in _layout.Legacy)
        {
            string below = _below.FirstOrDefault(b => b.Key.Length == 0 || hierarchy.Has(b.Key)).Value ?? "";
            string path = PathBelow(hierarchy.MountPoint, below) + "/tasks";
            FileCalls.Open(path, OpenFlags.WriteOnly, out SafeFileHandle file).ThrowIfError("open", path);
            files.Add(file);
        }

        return files;
    }

    /// <summary>The v2 directory for CLONE_INTO_CGROUP; null where there is no v2 tree.</summary>
    public SafeFileHandle? OpenUnified()
    {
        if (_layout.Unified is not { } unified)
        {
            return null;
        }

        // A tree without controllers, beside those of v1, takes part only where it has what was asked for.
        string path = PathBelow(unified.MountPoint, _below.GetValueOrDefault("") ?? "");
        path = _layout.Legacy.Count > 0 && !Directory.Exists(path) ? unified.MountPoint + Path : path;
        FileCalls.Open(path, OpenFlags.Path | OpenFlags.Directory, out SafeFileHandle directory).ThrowIfError("open", path);
        return directory;
    }

    /// <summary>Host pids of all processes in the cgroup and below it; empty when it is gone.</summary>
    public IReadOnlyList<int> Pids() => CgroupDirectory.Pids(AnyDirectory());

    /// <summary>Sends a signal to every process of the cgroup. SIGKILL goes through cgroup.kill where the kernel has it, so no fork escapes.</summary>
    public void SignalAll(int signal)
    {
        if (signal == Signal.Kill && UnifiedDirectory is { } unified && SmallFile.TryWrite(unified + "/cgroup.kill", "1") == Errno.None)
        {
            return;
        }

        // Without cgroup.kill: twice over the list, for what was forked while we walked it.
        for (int pass = 0; pass < (signal == Signal.Kill ? 3 : 1); pass++)
        {
            foreach (int pid in Pids())
            {
                Errno errno = ProcessCalls.Kill(pid, signal);
                if (errno != Errno.ESRCH)
                {
                    errno.ThrowIfError("kill", $"{pid}");
                }
            }
        }
    }

    public void Freeze() => CgroupFreezer.Set(this, frozen: true);

    public void Thaw() => CgroupFreezer.Set(this, frozen: false);

    public bool IsFrozen => CgroupFreezer.IsFrozen(this);

    /// <summary>Whether its processes are frozen; null when there is no such cgroup.</summary>
    public bool? FrozenState => CgroupFreezer.State(this);

    /// <summary>Removes the cgroup and what the container made below it. Waits a moment for processes that are just ending.</summary>
    /// <exception cref="WharfException">Conflict when processes stay in it.</exception>
    public void Delete()
    {
        foreach (CgroupHierarchy hierarchy in _layout.Hierarchies)
        {
            CgroupDirectory.Remove(hierarchy.MountPoint + Path);
        }
    }

    /// <summary>
    /// Fails where the cgroup was somebody's before. What is in it would be limited, frozen and killed with the container; in a frozen one the
    /// container's own process would never come to run.
    /// </summary>
    /// <exception cref="WharfException">Conflict: frozen, or not empty.</exception>
    public void RefuseOthers()
    {
        if (!WasThere)
        {
            return;
        }

        if (IsFrozen)
        {
            throw WharfException.Conflict($"container's cgroup unexpectedly frozen: {Path}");
        }

        IReadOnlyList<int> pids = Pids();
        if (pids.Count > 0)
        {
            throw WharfException.Conflict($"container's cgroup is not empty: {pids.Count} process(es) found in {Path}");
        }
    }

    private string PathBelow(string mountPoint, string below) => mountPoint + Path + (below.Trim('/') is { Length: > 0 } inner ? "/" + inner : "");

    private string AnyDirectory()
    {
        // the v2 directory holds every process on both layouts; on a v1-only machine any hierarchy does
        CgroupHierarchy? hierarchy = _layout.Unified ?? (_layout.Legacy.Count > 0 ? _layout.Legacy[0] : null);
        return hierarchy is null ? throw WharfException.Unavailable("no cgroup hierarchy is mounted") : hierarchy.MountPoint + Path;
    }
}
