using Microsoft.Win32.SafeHandles;
using Wharf.Api.Containers;
using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Engine.Launch;

/// <summary>The device nodes of a container and the cgroup rules that go with them.</summary>
internal static class DeviceList
{
    private static readonly LinuxDeviceRule[] DefaultRules =
    [
        new() { Allow = false, Access = "rwm" },
        // making any node is allowed, opening it is not
        new() { Allow = true, Type = "c", Access = "m" },
        new() { Allow = true, Type = "b", Access = "m" },
        new() { Allow = true, Type = "c", Major = 1, Minor = 3, Access = "rwm" },
        new() { Allow = true, Type = "c", Major = 1, Minor = 5, Access = "rwm" },
        new() { Allow = true, Type = "c", Major = 1, Minor = 7, Access = "rwm" },
        new() { Allow = true, Type = "c", Major = 1, Minor = 8, Access = "rwm" },
        new() { Allow = true, Type = "c", Major = 1, Minor = 9, Access = "rwm" },
        new() { Allow = true, Type = "c", Major = 5, Minor = 0, Access = "rwm" },
        new() { Allow = true, Type = "c", Major = 5, Minor = 1, Access = "rwm" },
        new() { Allow = true, Type = "c", Major = 5, Minor = 2, Access = "rwm" },
        new() { Allow = true, Type = "c", Major = 136, Access = "rwm" },
    ];

    private static readonly LinuxDeviceRule[] Everything = [new() { Allow = true, Access = "rwm" }];

    public static (IReadOnlyList<LinuxDevice> Nodes, IReadOnlyList<LinuxDeviceRule> Rules) Of(HostConfig host)
    {
        if (host.Privileged)
        {
            var all = HostDevices("/dev").ToDictionary(d => d.Path, StringComparer.Ordinal);
            foreach (DeviceMapping mapping in host.Devices ?? [])
            {
                foreach ((LinuxDevice node, _) in Map(mapping))
                {
                    all[node.Path] = node;
                }
            }

            return ([.. all.Values], Everything);
        }

        var nodes = new List<LinuxDevice>();
        var rules = new List<LinuxDeviceRule>(DefaultRules);
        foreach (DeviceMapping mapping in host.Devices ?? [])
        {
            foreach ((LinuxDevice node, LinuxDeviceRule rule) in Map(mapping))
            {
                nodes.Add(node);
                rules.Add(rule);
            }
        }

        rules.AddRange((host.DeviceCgroupRules ?? []).Select(ParseRule));
        return (nodes, rules);
    }

    /// <summary><c>a 7:* rwm</c>, as <c>--device-cgroup-rule</c> writes it.</summary>
    public static LinuxDeviceRule ParseRule(string text)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is not [("a" or "b" or "c") and var type, var numbers, var access]
            || access.Length > 3 || access.AsSpan().ContainsAnyExcept("rwm")
            || numbers.Split(':') is not [var major, var minor]
            || !TryNumber(major, out long? majorNumber) || !TryNumber(minor, out long? minorNumber))
        {
            throw WharfException.Invalid($"invalid device cgroup rule format: '{text}'");
        }

        return new LinuxDeviceRule { Allow = true, Type = type, Major = majorNumber, Minor = minorNumber, Access = access };
    }

    private static bool TryNumber(string text, out long? number)
    {
        number = null;
        if (text == "*")
        {
            return true;
        }

        bool parsed = uint.TryParse(text, out uint value);
        number = value;
        return parsed;
    }

    private static IEnumerable<(LinuxDevice Node, LinuxDeviceRule Rule)> Map(DeviceMapping mapping)
    {
        string onHost = mapping.PathOnHost ?? "", inside = string.IsNullOrEmpty(mapping.PathInContainer) ? onHost : mapping.PathInContainer;
        string access = string.IsNullOrEmpty(mapping.CgroupPermissions) ? "rwm" : mapping.CgroupPermissions;
        if (access.AsSpan().ContainsAnyExcept("rwm"))
        {
            throw WharfException.Invalid($"invalid device mode: {access}");
        }

        if (Directory.Exists(onHost))
        {
            LinuxDevice[] found = [.. HostDevices(onHost)];
            if (found.Length == 0)
            {
                throw WharfException.Invalid($"error gathering device information while adding custom device \"{onHost}\": not a device node");
            }

            foreach (LinuxDevice device in found)
            {
                LinuxDevice moved = device with { Path = inside.TrimEnd('/') + device.Path[onHost.TrimEnd('/').Length..] };
                yield return (moved, RuleOf(moved, access));
            }

            yield break;
        }

        LinuxDevice node = Node(onHost, inside) ?? throw WharfException.Invalid(
            $"error gathering device information while adding custom device \"{onHost}\": {(File.Exists(onHost) ? "not a device node" : "no such file or directory")}");
        yield return (node, RuleOf(node, access));
    }

    private static LinuxDeviceRule RuleOf(LinuxDevice node, string access) => new() { Allow = true, Type = node.Type, Major = node.Major, Minor = node.Minor, Access = access };

    private static IEnumerable<LinuxDevice> HostDevices(string directory)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(directory))
        {
            string name = Path.GetFileName(path);
            if (File.ResolveLinkTarget(path, returnFinalTarget: false) is not null)
            {
                continue;
            }

            if (Directory.Exists(path))
            {
                // not the terminals and queues of the host: the container has its own
                if (name is not ("pts" or "shm" or "fd" or "mqueue" or ".lxc" or ".lxd-mounts" or ".udev"))
                {
                    foreach (LinuxDevice device in HostDevices(path))
                    {
                        yield return device;
                    }
                }
            }
            else if (name != "console" && Node(path, path) is { } node)
            {
                yield return node;
            }
        }
    }

    private static LinuxDevice? Node(string onHost, string inside)
    {
        if (NameCalls.Status(FileCalls.CurrentDirectory, onHost, AtFlags.None, out FileStatus status) != Errno.None || !status.IsDevice)
        {
            return null;
        }

        return new LinuxDevice
        {
            Path = inside,
            Type = status.Type == FileType.BlockDevice ? "b" : "c",
            Major = status.SpecialMajor,
            Minor = status.SpecialMinor,
            FileMode = status.Permissions,
            Uid = status.UserId,
            Gid = status.GroupId,
        };
    }
}
