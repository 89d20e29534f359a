using System.Runtime.InteropServices;
using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Runtime.Security;

/// <summary>A process's capability sets as the kernel will hold them, and the operations that bring them about.</summary>
internal sealed record CapabilityPlan
{
    private const uint Version3 = 0x20080522;
    private const int PR_CAPBSET_DROP = 24, PR_SET_KEEPCAPS = 8, PR_CAP_AMBIENT = 47, AmbientRaise = 2, AmbientClearAll = 4;

    public CapabilitySet Bounding { get; private init; }

    public CapabilitySet Permitted { get; private init; }

    public CapabilitySet Effective { get; private init; }

    public CapabilitySet Inheritable { get; private init; }

    public CapabilitySet Ambient { get; private init; }

    /// <param name="sets">As the specification names them; null: none at all.</param>
    /// <param name="available">What can be had here; more than that, and names that nobody knows, are left out with a warning (config.md, "Linux Process").</param>
    /// <param name="warnings">Where the warnings go.</param>
    public static CapabilityPlan Of(CapabilitySets? sets, CapabilitySet available, List<string> warnings)
    {
        CapabilitySet bounding = Parse(sets?.Bounding, warnings), permitted = Parse(sets?.Permitted, warnings);
        CapabilitySet missing = (bounding | permitted).Without(available);
        foreach (int capability in missing.Members())
        {
            warnings.Add($"capability {Capability.NameOf(capability)} is not available here and is left out");
        }

        permitted &= available;
        CapabilitySet inheritable = Parse(sets?.Inheritable, warnings) & available;
        return new CapabilityPlan
        {
            Bounding = bounding & available,
            Permitted = permitted,
            Effective = Parse(sets?.Effective, warnings) & permitted,
            Inheritable = inheritable,
            Ambient = Parse(sets?.Ambient, warnings) & permitted & inheritable,
        };
    }

    /// <summary>While all privileges are there: the bounding set shrinks, and the change of user is told to keep the rest.</summary>
    public void DropBounding(SyscallPlan plan, CapabilitySet available)
    {
        foreach (int capability in available.Without(Bounding).Members())
        {
            if (capability <= Capability.Last)
            {
                plan.Add("prctl", "PR_CAPBSET_DROP", Call.prctl, PR_CAPBSET_DROP, capability, 0, 0, 0);
            }
        }

        plan.Add("prctl", "PR_SET_KEEPCAPS", Call.prctl, PR_SET_KEEPCAPS, 1, 0, 0, 0);
    }

    /// <summary>Makes effective again what a change of user took away, so that a filter can be installed.</summary>
    public static void RaiseAll(SyscallPlan plan, CapabilitySet permitted) =>
        Set(plan, "all", permitted, permitted, CapabilitySet.Empty);

    /// <summary>The final sets.</summary>
    public void Apply(SyscallPlan plan)
    {
        Set(plan, "final", Effective, Permitted, Inheritable);
        plan.Add("prctl", "PR_CAP_AMBIENT_CLEAR_ALL", Call.prctl, PR_CAP_AMBIENT, AmbientClearAll, 0, 0, 0).Allow(Errno.EPERM);
        foreach (int capability in Ambient.Members())
        {
            plan.Add("prctl", "PR_CAP_AMBIENT_RAISE", Call.prctl, PR_CAP_AMBIENT, AmbientRaise, capability, 0, 0);
        }
    }

    private static void Set(SyscallPlan plan, string subject, CapabilitySet effective, CapabilitySet permitted, CapabilitySet inheritable)
    {
        ReadOnlySpan<uint> data =
        [
            (uint)effective.Bits, (uint)permitted.Bits, (uint)inheritable.Bits,
            (uint)(effective.Bits >> 32), (uint)(permitted.Bits >> 32), (uint)(inheritable.Bits >> 32),
        ];
        plan.Add("capset", subject, Call.capset, plan.Words(Version3), plan.Bytes(MemoryMarshal.AsBytes(data)));
    }

    private static CapabilitySet Parse(IReadOnlyList<string>? names, List<string> warnings)
    {
        var set = CapabilitySet.Empty;
        foreach (string name in names ?? [])
        {
            if (Capability.TryParse(name, out int number))
            {
                set = set.With(number);
            }
            else if ($"capability {name} is unknown and is left out" is var warning && !warnings.Contains(warning))
            {
                warnings.Add(warning);
            }
        }

        return set;
    }
}
