using System.Collections.Frozen;
using Wharf.Api.Containers;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Engine.Launch;

/// <summary>Limits of setrlimit(2), by the names of <c>--ulimit</c>.</summary>
internal static class ResourceLimits
{
    private static readonly FrozenSet<string> Names = FrozenSet.ToFrozenSet(
    [
        "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime", "sigpending", "stack", "as",
    ]);

    /// <exception cref="WharfException">InvalidArgument naming the limit.</exception>
    public static ResourceLimitSpec Parse(HostConfigUlimits limit)
    {
        string name = (limit.Name ?? "").ToLowerInvariant();
        if (!Names.Contains(name))
        {
            throw WharfException.Invalid($"invalid ulimit type: {limit.Name}");
        }

        // -1 is "unlimited", the largest unsigned number
        ulong soft = unchecked((ulong)limit.Soft), hard = unchecked((ulong)limit.Hard);
        if (soft > hard)
        {
            throw WharfException.Invalid($"ulimit soft limit must be less than or equal to hard limit: {limit.Soft} > {limit.Hard}");
        }

        return new ResourceLimitSpec { Type = "RLIMIT_" + name.ToUpperInvariant(), Soft = soft, Hard = hard };
    }

    /// <summary>The container's limits, and the daemon's defaults where it says nothing.</summary>
    public static IReadOnlyList<ResourceLimitSpec> Merge(IReadOnlyList<HostConfigUlimits>? own, IReadOnlyList<HostConfigUlimits> defaults)
    {
        var byType = new Dictionary<string, ResourceLimitSpec>(StringComparer.Ordinal);
        foreach (ResourceLimitSpec limit in defaults.Concat(own ?? []).Select(Parse))
        {
            byType[limit.Type] = limit;
        }

        return [.. byType.Values];
    }
}
