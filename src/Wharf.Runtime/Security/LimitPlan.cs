using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Runtime.Security;

/// <summary>process.rlimits. A hard limit above ours needs CAP_SYS_RESOURCE; without it ours is the most that can be had.</summary>
internal static class LimitPlan
{
    private static readonly string[] Names =
    [
        "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_DATA", "RLIMIT_STACK", "RLIMIT_CORE", "RLIMIT_RSS", "RLIMIT_NPROC", "RLIMIT_NOFILE",
        "RLIMIT_MEMLOCK", "RLIMIT_AS", "RLIMIT_LOCKS", "RLIMIT_SIGPENDING", "RLIMIT_MSGQUEUE", "RLIMIT_NICE", "RLIMIT_RTPRIO", "RLIMIT_RTTIME",
    ];

    public static void Set(SyscallPlan plan, IReadOnlyList<ResourceLimitSpec>? limits, bool mayRaise, List<string> warnings)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (ResourceLimitSpec limit in limits ?? [])
        {
            int resource = Array.IndexOf(Names, limit.Type);
            if (resource < 0)
            {
                throw WharfException.Invalid($"unknown rlimit \"{limit.Type}\"");
            }

            if (!seen.Add(limit.Type))
            {
                throw WharfException.Invalid($"duplicate rlimit \"{limit.Type}\"");
            }

            if (limit.Soft > limit.Hard)
            {
                throw WharfException.Invalid($"rlimit {limit.Type}: soft limit {limit.Soft} is above hard limit {limit.Hard}");
            }

            ResourceLimit value = Clamp(limit, resource, mayRaise, warnings);
            plan.Add("prlimit", limit.Type, Call.prlimit64, 0, resource, plan.Words(value.Soft, value.Hard), 0);
        }
    }

    private static ResourceLimit Clamp(ResourceLimitSpec limit, int resource, bool mayRaise, List<string> warnings)
    {
        if (mayRaise || ProcessCalls.GetLimit(0, resource, out ResourceLimit own) != Errno.None || limit.Hard <= own.Hard)
        {
            return new ResourceLimit(limit.Soft, limit.Hard);
        }

        warnings.Add($"{limit.Type}: hard limit {limit.Hard} cannot be had without CAP_SYS_RESOURCE, {own.Hard} is used");
        return new ResourceLimit(Math.Min(limit.Soft, own.Hard), own.Hard);
    }
}
