using System.Globalization;
using Wharf.Api.Containers;
using Wharf.Engine.Containers;
using Wharf.Engine.Mounts;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Engine.Launch;

/// <summary>All mounts of a container in the order in which they are made: what every container has, its names files, then the user's by depth.</summary>
internal static class MountList
{
    // As runc: what lxcfs and checkpoints need.
    private static readonly string[] InProc =
    [
        "/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo", "/proc/stat", "/proc/swaps", "/proc/uptime", "/proc/loadavg", "/proc/slabinfo", "/proc/net/dev",
        "/proc/sys/kernel/ns_last_pid", "/proc/sys/crypto/fips_enabled",
    ];

    /// <param name="record">The container.</param>
    /// <param name="sources">Host path of each volume and image mount by destination.</param>
    /// <param name="filesDirectory">Where hosts, hostname and resolv.conf are; null for none.</param>
    /// <param name="sharedMemory">Host path to bind at /dev/shm; null for one of the container's own.</param>
    public static List<MountSpec> Of(ContainerRecord record, IReadOnlyDictionary<string, MountSpec> sources, string? filesDirectory, string? sharedMemory)
    {
        HostConfig host = record.HostConfig;
        var taken = new HashSet<string>(record.Definition.Mounts.Select(m => m.Destination).Concat((host.Tmpfs ?? []).Keys.Select(MountPath.Clean)), StringComparer.Ordinal);
        List<MountSpec> mounts = [.. Standard(host, sharedMemory).Where(m => !taken.Contains(m.Destination))];
        IEnumerable<MountSpec> files = filesDirectory is null ? [] : ((string[])["resolv.conf", "hostname", "hosts"])
            .Where(name => !taken.Contains("/etc/" + name))
            .Select(name => new MountSpec
            {
                Destination = "/etc/" + name,
                Type = "bind",
                Source = Path.Combine(filesDirectory, name),
                Options = ["rbind", "rprivate", host.ReadonlyRootfs ? "ro" : "rw"],
            });
        IEnumerable<MountSpec> own = record.Definition.Mounts.Select(m => Own(m, sources))
            .Concat((host.Tmpfs ?? []).Select(t => new MountSpec { Destination = MountPath.Clean(t.Key), Type = "tmpfs", Source = "tmpfs", Options = TmpfsOptions.Parse(t.Value) }));

        // a volume at /etc must not hide the files in it
        mounts.AddRange(files.Concat(own).OrderBy(m => m.Destination.Count(c => c == '/')).ThenBy(m => m.Destination, StringComparer.Ordinal));
        return mounts;
    }

    private static IEnumerable<MountSpec> Standard(HostConfig host, string? sharedMemory)
    {
        string access = host.Privileged ? "rw" : "ro";
        yield return new MountSpec { Destination = "/proc", Type = "proc", Source = "proc", Options = ["nosuid", "noexec", "nodev"] };
        yield return new MountSpec { Destination = "/dev", Type = "tmpfs", Source = "tmpfs", Options = ["nosuid", "strictatime", "mode=755", "size=65536k"] };
        yield return new MountSpec { Destination = "/dev/pts", Type = "devpts", Source = "devpts", Options = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"] };
        yield return new MountSpec { Destination = "/sys", Type = "sysfs", Source = "sysfs", Options = ["nosuid", "noexec", "nodev", access] };
        yield return new MountSpec { Destination = "/sys/fs/cgroup", Type = "cgroup", Source = "cgroup", Options = [access, "nosuid", "noexec", "nodev"] };
        // shows the queues of the ipc namespace that the container is in, so it serves a shared one too
        yield return new MountSpec { Destination = "/dev/mqueue", Type = "mqueue", Source = "mqueue", Options = ["nosuid", "noexec", "nodev"] };
        if (sharedMemory is not null)
        {
            yield return new MountSpec { Destination = "/dev/shm", Type = "bind", Source = sharedMemory, Options = ["rbind", "rprivate", "nosuid", "noexec", "nodev"] };
        }
        else if (host.IpcMode != "none")
        {
            yield return new MountSpec
            {
                Destination = "/dev/shm",
                Type = "tmpfs",
                Source = "shm",
                Options = ["nosuid", "noexec", "nodev", "mode=1777", "size=" + host.ShmSize.ToString(CultureInfo.InvariantCulture)],
            };
        }
    }

    // What lies over parts of /proc decides what the container's processes believe of the kernel and of themselves.
    private static void CheckProc(string destination)
    {
        if (destination.StartsWith("/proc/", StringComparison.Ordinal) && !InProc.Contains(destination))
        {
            throw WharfException.Internal(
                $"failed to create task for container: failed to create shim task: OCI runtime create failed: error mounting to rootfs at \"{destination}\": \"{destination}\" cannot be mounted because it is inside /proc");
        }
    }

    private static MountSpec Own(ContainerMount mount, IReadOnlyDictionary<string, MountSpec> sources)
    {
        CheckProc(mount.Destination);
        switch (mount.Type)
        {
            case "tmpfs":
                return new MountSpec
                {
                    Destination = mount.Destination,
                    Type = "tmpfs",
                    Source = "tmpfs",
                    Options = [.. TmpfsOptions.Parse(string.Join(',', mount.TmpfsOptions)), mount.ReadOnly ? "ro" : "rw"],
                };
            case "image":
                return sources[mount.Destination];
            default:
                string source = mount.Type == "volume" ? sources[mount.Destination].Source! : mount.Source;
                var options = new List<string>
                {
                    mount.NonRecursive ? "bind" : "rbind",
                    mount.Propagation.Length > 0 ? mount.Propagation : "rprivate",
                    // read-only means all the way down, unless the user says otherwise
                    mount.ReadOnly ? mount.ReadOnlyNonRecursive || mount.NonRecursive ? "ro" : "rro" : "rw",
                };
                return new MountSpec { Destination = mount.Destination, Type = "bind", Source = source, Options = options };
        }
    }
}
