using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Launch;
using Wharf.Runtime.Mounts;

namespace Wharf.Runtime.Devices;

/// <summary>
/// Device nodes (config-linux.md, "Devices" and "Default Devices") and the links that programs expect in /dev. In a user namespace
/// nobody may make nodes: the host's are bound instead, and those that the specification lists come from <see cref="ForeignNodes"/>.
/// </summary>
internal static class DeviceSteps
{
    private const int AtCurrentDirectory = -100;
    private const uint DefaultMode = 0b110_110_110;

    private static readonly LinuxDevice[] Defaults =
    [
        new() { Path = "/dev/null", Type = "c", Major = 1, Minor = 3 },
        new() { Path = "/dev/random", Type = "c", Major = 1, Minor = 8 },
        new() { Path = "/dev/full", Type = "c", Major = 1, Minor = 7 },
        new() { Path = "/dev/tty", Type = "c", Major = 5, Minor = 0 },
        new() { Path = "/dev/zero", Type = "c", Major = 1, Minor = 5 },
        new() { Path = "/dev/urandom", Type = "c", Major = 1, Minor = 9 },
    ];

    private static readonly (string Target, string Name)[] Links =
    [
        ("/proc/self/fd", "fd"), ("/proc/self/fd/0", "stdin"), ("/proc/self/fd/1", "stdout"), ("/proc/self/fd/2", "stderr"), ("/proc/kcore", "core"),
    ];

    public static void Make(PlanBuilder builder)
    {
        SyscallPlan plan = builder.Plan;
        PlanSlot dev = MountPath.OpenTarget(builder, "/dev", directory: true);
        IReadOnlyList<LinuxDevice> listed = builder.Linux.Devices ?? [];
        // the ids of a user namespace that is joined are not known here: there the host's own nodes must do
        bool foreign = builder.HasUserNamespace && builder.Linux.UidMappings is { Count: > 0 };
        foreach (LinuxDevice device in Chosen(listed, withListed: !foreign))
        {
            plan.Context = ContextOf(device);
            if (builder.HasUserNamespace)
            {
                if (listed.Contains(device))
                {
                    RequireOnHost(device);
                }

                Bind(builder, device.Path);
            }
            else
            {
                MakeNode(builder, dev, device);
            }
        }

        plan.Context = null;
        if (foreign && listed.Count > 0)
        {
            ForeignNodes.Attach(builder, dev, listed);
        }

        foreach ((string target, string name) in Links)
        {
            plan.Add("symlink", name, Call.symlinkat, plan.Text(target), dev, plan.Text(name)).Allow(Errno.EEXIST);
        }

        // an image's own ptmx would reach the host's terminals
        nint ptmx = plan.Text("ptmx");
        plan.Add("unlink", "ptmx", Call.unlinkat, dev, ptmx, 0).Allow(Errno.ENOENT);
        plan.Add("symlink", "ptmx", Call.symlinkat, plan.Text("pts/ptmx"), dev, ptmx);
    }

    /// <summary>How errors about a device begin.</summary>
    public static string ContextOf(LinuxDevice device) => $"error creating device nodes: {device.Path}";

    /// <exception cref="WharfException">InvalidArgument: no type of node.</exception>
    public static uint ModeOf(LinuxDevice device) => (device.Type switch
    {
        "c" or "u" => FileType.CharacterDevice,
        "b" => FileType.BlockDevice,
        "p" => FileType.Fifo,
        _ => throw WharfException.Invalid($"device {device.Path}: unknown type \"{device.Type}\""),
    }) | ((device.FileMode ?? DefaultMode) & 0xfff);

    public static ulong NumberOf(LinuxDevice device) => device.Type == "p" ? 0 : DeviceNumber.Make((uint)device.Major, (uint)device.Minor);

    // what the specification lists wins over a default of the same path
    private static List<LinuxDevice> Chosen(IReadOnlyList<LinuxDevice> listed, bool withListed)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (LinuxDevice device in listed)
        {
            paths.Add(MountPath.Clean(device.Path));
        }

        var chosen = new List<LinuxDevice>();
        foreach (LinuxDevice device in Defaults)
        {
            if (!paths.Contains(device.Path))
            {
                chosen.Add(device);
            }
        }

        if (withListed)
        {
            chosen.AddRange(listed);
        }

        return chosen;
    }

    private static void MakeNode(PlanBuilder builder, PlanSlot dev, LinuxDevice device)
    {
        SyscallPlan plan = builder.Plan;
        string path = MountPath.Clean(device.Path);
        string? directory = Path.GetDirectoryName(path);
        if (directory is null || path == "/")
        {
            throw WharfException.Invalid($"device path {device.Path} names no file");
        }

        PlanSlot parent = directory == "/dev" ? dev : MountPath.OpenTarget(builder, directory, directory: true);
        nint name = plan.Text(Path.GetFileName(path));
        PlanLabel exists = plan.NewLabel();
        plan.Add("mknod", null, Call.mknodat, parent, name, (int)ModeOf(device), NumberOf(device)).On(Errno.EEXIST, exists);
        if (device.Uid is > 0 || device.Gid is > 0)
        {
            plan.Add("chown", null, Call.fchownat, parent, name, device.Uid ?? 0, device.Gid ?? 0, (int)AtFlags.SymlinkNoFollow);
        }

        plan.Mark(exists);
    }

    private static void RequireOnHost(LinuxDevice device)
    {
        Errno errno = NameCalls.Status(FileCalls.CurrentDirectory, device.Path, AtFlags.None, out FileStatus status);
        if (errno != Errno.None || status.Type != (ModeOf(device) & FileType.Mask) || DeviceNumber.Make(status.SpecialMajor, status.SpecialMinor) != NumberOf(device))
        {
            throw WharfException.Invalid($"{ContextOf(device)}: in a user namespace that is joined only a device of the host can be had, under its own name");
        }
    }

    private static void Bind(PlanBuilder builder, string path)
    {
        SyscallPlan plan = builder.Plan;
        PlanSlot tree = plan.NewSlot();
        PlanLabel missing = plan.NewLabel();
        plan.Add("open_tree", path, Call.open_tree, AtCurrentDirectory, plan.Text(path), (int)(OpenTreeFlags.Clone | OpenTreeFlags.CloseOnExec)).Save(tree).On(Errno.ENOENT, missing);
        builder.Attach(path, tree, MountPath.OpenTarget(builder, path, directory: false));
        plan.Mark(missing);
    }
}
