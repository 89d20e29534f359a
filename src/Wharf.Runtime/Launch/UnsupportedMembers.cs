using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Runtime.Launch;

/// <summary>Members of the specification that this runtime does not carry out are refused by name: none is taken and forgotten.</summary>
internal static class UnsupportedMembers
{
    public static void Refuse(LinuxSpec linux)
    {
        string? member =
            linux.IntelRdt is not null ? "linux.intelRdt"
            : linux.MemoryPolicy is not null ? "linux.memoryPolicy"
            : linux.TimeOffsets is { Count: > 0 } ? "linux.timeOffsets"
            : linux.NetDevices is { Count: > 0 } ? "linux.netDevices"
            : null;
        if (member is not null)
        {
            throw WharfException.Invalid($"{member} is not supported by this runtime");
        }
    }
}
