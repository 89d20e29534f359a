using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Runtime.Cgroups;

/// <summary>
/// Applies linux.resources to a cgroup: each controller where it lives on this machine, v1 or v2. A limit whose controller or file is not there
/// becomes a warning; a value the kernel refuses is an error that names the file.
/// </summary>
internal sealed class CgroupLimits
{
    private readonly ContainerCgroup _cgroup;
    private readonly List<string> _warnings;

    public CgroupLimits(ContainerCgroup cgroup, List<string> warnings)
    {
        _cgroup = cgroup;
        _warnings = warnings;
    }

    public void Apply(LinuxResources resources)
    {
        if (resources.Memory is { } memory && Find("memory", "memory limits", Has(memory)) is { } memoryTarget)
        {
            MemoryLimits.Apply(memoryTarget, memory);
        }

        if (resources.Cpu is { } cpu)
        {
            CpuLimits.Apply(this, cpu);
        }

        if (resources.Pids is { } pids && Find("pids", "pids limit", true) is { } pidsTarget)
        {
            pidsTarget.Write("pids.max", pids.Limit > 0 ? $"{pids.Limit}" : "max");
        }

        if (resources.BlockIo is { } blockIo)
        {
            BlockIoLimits.Apply(this, blockIo);
        }

        foreach (LinuxHugepageLimit huge in resources.HugepageLimits ?? [])
        {
            if (Find("hugetlb", $"hugepage limit {huge.PageSize}", true) is { } target)
            {
                target.Write(target.Unified ? $"hugetlb.{huge.PageSize}.max" : $"hugetlb.{huge.PageSize}.limit_in_bytes", $"{huge.Limit}");
            }
        }

        ApplyNetwork(resources);
        foreach ((string device, LinuxRdma rdma) in resources.Rdma ?? new Dictionary<string, LinuxRdma>())
        {
            Find("rdma", "rdma limits", true)?.Write("rdma.max",
                $"{device} hca_handle={rdma.HcaHandles?.ToString() ?? "max"} hca_object={rdma.HcaObjects?.ToString() ?? "max"}");
        }

        ApplyUnified(resources.Unified);
    }

    /// <summary>Where a controller's files are; null (and a warning, if something was <paramref name="wanted"/>) where it is not available.</summary>
    public CgroupTarget? Find(string controller, string what, bool wanted)
    {
        CgroupHierarchy? hierarchy = _cgroup.Layout.With(controller);
        if (hierarchy is not null)
        {
            return new CgroupTarget(hierarchy.MountPoint + _cgroup.Path, hierarchy.Unified, _warnings);
        }

        if (wanted)
        {
            _warnings.Add($"the {controller} cgroup controller is not available here: {what} discarded");
        }

        return null;
    }

    private void ApplyNetwork(LinuxResources resources)
    {
        if (resources.Network?.ClassId is { } classId)
        {
            Find("net_cls", "network class", true)?.Write("net_cls.classid", $"{classId}");
        }

        foreach (LinuxInterfacePriority priority in resources.Network?.Priorities ?? [])
        {
            Find("net_prio", "network priorities", true)?.Write("net_prio.ifpriomap", $"{priority.Name} {priority.Priority}");
        }
    }

    private void ApplyUnified(IReadOnlyDictionary<string, string>? files)
    {
        if (files is not { Count: > 0 })
        {
            return;
        }

        string directory = _cgroup.UnifiedDirectory ?? throw WharfException.Invalid("linux.resources.unified needs cgroup v2");
        foreach ((string file, string value) in files)
        {
            if (file.Contains('/') || file is "" or "." or "..")
            {
                throw WharfException.Invalid($"unified resource \"{file}\" must be a file name");
            }

            Errno errno = SmallFile.TryWrite($"{directory}/{file}", value);
            if (errno == Errno.ENOENT)
            {
                throw WharfException.Invalid($"invalid configuration: linux.resources.unified: there is no {file} in the cgroup v2 tree of this machine");
            }

            errno.ThrowIfError($"write {value} to", $"{directory}/{file}");
        }
    }

    private static bool Has(LinuxMemory memory) => memory is not { Limit: null or 0, Reservation: null or 0, Swap: null or 0, Swappiness: null };
}

/// <summary>A controller's directory and the way its files are written.</summary>
internal sealed record CgroupTarget(string Directory, bool Unified, List<string> Warnings)
{
    /// <summary>Writes a file. Not there (an older kernel, a feature not built in): a warning. Refused: an error.</summary>
    public void Write(string file, string value)
    {
        Errno errno = SmallFile.TryWrite($"{Directory}/{file}", value);
        if (errno == Errno.ENOENT)
        {
            Warnings.Add($"this kernel has no {file}: {value} discarded");
            return;
        }

        if (errno != Errno.None)
        {
            throw errno.ToException($"failed to write {value} to", $"{Directory}/{file}");
        }
    }

    public bool Has(string file) => File.Exists($"{Directory}/{file}");

    public Errno TryWrite(string file, string value) => SmallFile.TryWrite($"{Directory}/{file}", value);
}
