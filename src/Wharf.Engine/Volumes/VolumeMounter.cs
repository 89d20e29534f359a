using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Engine.Volumes;

/// <summary>Volumes whose options ask for a mount (type, device, o): mounted over the volume's folder while somebody uses it.</summary>
internal static class VolumeMounter
{
    private static readonly Dictionary<string, MountFlags> Words = new()
    {
        ["ro"] = MountFlags.ReadOnly,
        ["nosuid"] = MountFlags.NoSuid,
        ["nodev"] = MountFlags.NoDev,
        ["noexec"] = MountFlags.NoExec,
        ["sync"] = MountFlags.Synchronous,
        ["noatime"] = MountFlags.NoAccessTime,
        ["nodiratime"] = MountFlags.NoDirectoryAccessTime,
        ["relatime"] = MountFlags.RelativeAccessTime,
        ["bind"] = MountFlags.Bind,
        ["rbind"] = MountFlags.Bind | MountFlags.Recursive,
    };

    private static readonly HashSet<string> Known = ["type", "device", "o", "size"];

    /// <exception cref="WharfException">InvalidArgument, naming the option.</exception>
    public static void Check(IReadOnlyDictionary<string, string> options)
    {
        foreach (string name in options.Keys.Where(k => !Known.Contains(k)))
        {
            throw WharfException.Invalid($"invalid option: \"{name}\"");
        }

        if (options.ContainsKey("size"))
        {
            throw WharfException.Unsupported("the option \"size\" needs project quotas, which this build does not set: use a tmpfs volume (type=tmpfs, o=size=...) or a file system of its own");
        }

        if (options.Count > 0 && !options.ContainsKey("type") && !options.ContainsKey("o"))
        {
            throw WharfException.Invalid("missing required option: \"type\"");
        }

        if (options.Count > 0 && !options.ContainsKey("device"))
        {
            throw WharfException.Invalid("missing required option: \"device\"");
        }
    }

    public static void Mount(string name, string target, IReadOnlyDictionary<string, string> options)
    {
        MountFlags flags = 0;
        var data = new List<string>();
        foreach (string word in options.GetValueOrDefault("o", "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Words.TryGetValue(word, out MountFlags flag))
            {
                flags |= flag;
            }
            else if (word is not ("rw" or "defaults"))
            {
                data.Add(word);
            }
        }

        string type = options.GetValueOrDefault("type", "");
        string device = options["device"];
        Errno errno = MountCalls.Mount(device, target, type == "none" ? "" : type, flags, string.Join(',', data));
        if (errno == Errno.None && flags.HasFlag(MountFlags.Bind) && (flags & ~(MountFlags.Bind | MountFlags.Recursive)) != 0)
        {
            // A bind takes its other flags only by a second call (mount(2)).
            errno = MountCalls.Mount("", target, "", flags | MountFlags.Remount, "");
        }

        if (errno != Errno.None)
        {
            throw WharfException.Internal($"error while mounting volume '{target}': failed to mount local volume: mount {device}:{target}, data: {string.Join(',', data)}: {errno.Describe()} (volume {name})");
        }
    }

    public static void Unmount(string target)
    {
        Errno errno = MountCalls.Unmount(target, UnmountFlags.Detach);
        if (errno is not (Errno.None or Errno.EINVAL or Errno.ENOENT))
        {
            errno.ThrowIfError("umount2", target);
        }
    }
}
