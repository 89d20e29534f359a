using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Runtime.Cgroups;

/// <summary>resources.devices: the devices controller of v1, a BPF program on v2. What every container needs is always allowed.</summary>
internal static class DeviceLimits
{
    // Nodes may be made (their use is another matter), and the devices of /dev that every program expects may be used.
    private static readonly DeviceRule[] Always =
    [
        new(true, 'c', null, null, DeviceAccess.MakeNode),
        new(true, 'b', null, null, DeviceAccess.MakeNode),
        new(true, 'c', 1, 3, DeviceAccess.All),
        new(true, 'c', 1, 5, DeviceAccess.All),
        new(true, 'c', 1, 7, DeviceAccess.All),
        new(true, 'c', 1, 8, DeviceAccess.All),
        new(true, 'c', 1, 9, DeviceAccess.All),
        new(true, 'c', 5, 0, DeviceAccess.All),
        new(true, 'c', 5, 1, DeviceAccess.All),
        new(true, 'c', 5, 2, DeviceAccess.All),
        new(true, 'c', 136, null, DeviceAccess.All),
    ];

    /// <summary>Applies the rules; with none at all nothing is restricted.</summary>
    public static void Apply(ContainerCgroup cgroup, IReadOnlyList<LinuxDeviceRule>? listed, List<string> warnings)
    {
        if (listed is not { Count: > 0 })
        {
            return;
        }

        var translated = new List<DeviceRule>();
        foreach (LinuxDeviceRule rule in listed)
        {
            translated.AddRange(Translate(rule));
        }

        translated.AddRange(Always);
        DeviceRule[] rules = [.. translated];
        if (cgroup.Layout.LegacyWith("devices") is { } devices)
        {
            ApplyLegacy(devices.MountPoint + cgroup.Path, rules);
        }
        else if (cgroup.UnifiedDirectory is { } directory)
        {
            ApplyUnified(directory, rules);
        }
        else
        {
            warnings.Add("no cgroup hierarchy restricts devices here: device rules discarded");
        }
    }

    private static void ApplyLegacy(string directory, DeviceRule[] rules)
    {
        // One call for all rules that come in a row: the file takes one rule a write, but need not be opened for each.
        FileCalls.Open(directory + "/devices.allow", OpenFlags.WriteOnly, out SafeFileHandle allow).ThrowIfError("open", directory + "/devices.allow");
        FileCalls.Open(directory + "/devices.deny", OpenFlags.WriteOnly, out SafeFileHandle deny).ThrowIfError("open", directory + "/devices.deny");
        using (allow)
        using (deny)
        {
            // What a rule like "deny all" took away is allowed again one by one; a rule that a denial of everything follows has no effect.
            int from = Array.FindLastIndex(rules, rule => rule is { Type: 'a', Major: null, Minor: null, Access: DeviceAccess.All });
            for (int i = Math.Max(from, 0); i < rules.Length; i++)
            {
                string text = rules[i].ToLegacy();
                FileCalls.Write(rules[i].Allow ? allow : deny, System.Text.Encoding.ASCII.GetBytes(text), out _)
                    .ThrowIfError($"failed to write {text} to", $"{directory}/devices.{(rules[i].Allow ? "allow" : "deny")}");
            }
        }
    }

    private static void ApplyUnified(string directory, DeviceRule[] rules)
    {
        DeviceFilter.Load(rules, out SafeFileHandle program).ThrowIfError("bpf", "load device filter");
        using (program)
        {
            DeviceFilter.Replace(directory, program).ThrowIfError("bpf attach", directory);
        }
    }

    private static DeviceRule[] Translate(LinuxDeviceRule rule)
    {
        char type = rule.Type switch
        {
            null or "" or "a" => 'a',
            "b" => 'b',
            "c" or "u" => 'c',
            _ => throw WharfException.Invalid($"device rule type \"{rule.Type}\" is unknown"),
        };
        var access = DeviceAccess.None;
        foreach (char letter in rule.Access is { Length: > 0 } given ? given : "rwm")
        {
            access |= letter switch
            {
                'r' => DeviceAccess.Read,
                'w' => DeviceAccess.Write,
                'm' => DeviceAccess.MakeNode,
                _ => throw WharfException.Invalid($"device rule access \"{rule.Access}\" must be made of r, w and m"),
            };
        }

        uint? major = Number(rule.Major), minor = Number(rule.Minor);
        bool everything = type == 'a' && major is null && minor is null && access == DeviceAccess.All;
        // v1 takes every "a" for all devices and all access, whatever else the rule says
        return type != 'a' || everything
            ? [new DeviceRule(rule.Allow, type, major, minor, access)]
            : [new DeviceRule(rule.Allow, 'b', major, minor, access), new DeviceRule(rule.Allow, 'c', major, minor, access)];
    }

    // -1 is what Go programs write for "all"
    private static uint? Number(long? number) => number is null or < 0 ? null : (uint)number;
}
