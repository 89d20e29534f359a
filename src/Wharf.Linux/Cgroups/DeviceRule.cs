namespace Wharf.Linux;

/// <summary>The kinds of access to a device; also the bits of BPF_DEVCG_ACC_* (linux/bpf.h).</summary>
[Flags]
public enum DeviceAccess
{
    None = 0,
    MakeNode = 1,
    Read = 2,
    Write = 4,
    All = 7,
}

/// <summary>Allows or denies devices. <see cref="Type"/> is 'b', 'c' or 'a' for both; a null number stands for all.</summary>
public readonly record struct DeviceRule(bool Allow, char Type, uint? Major, uint? Minor, DeviceAccess Access)
{
    /// <summary>As devices.allow and devices.deny of cgroup v1 read it: "c 1:3 rwm".</summary>
    public string ToLegacy() => Type == 'a' && Major is null && Minor is null && Access == DeviceAccess.All
        ? "a"
        : $"{Type} {Number(Major)}:{Number(Minor)} {Letters(Access)}";

    private static string Number(uint? number) => number?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "*";

    private static string Letters(DeviceAccess access) =>
        ((access & DeviceAccess.Read) != 0 ? "r" : "") + ((access & DeviceAccess.Write) != 0 ? "w" : "") + ((access & DeviceAccess.MakeNode) != 0 ? "m" : "");
}
