using Wharf.Linux.Plans;
using Wharf.Primitives;

namespace Wharf.Runtime.Launch;

/// <summary>linux.personality (personality(2)).</summary>
internal static class PersonalitySteps
{
    private const int PER_LINUX = 0, PER_LINUX32 = 8;

    public static void Set(PlanBuilder builder)
    {
        if (builder.Linux.Personality is not { } personality)
        {
            return;
        }

        if (personality.Flags is { Count: > 0 })
        {
            throw WharfException.Invalid("linux.personality.flags is not supported");
        }

        int domain = personality.Domain switch
        {
            "LINUX" => PER_LINUX,
            "LINUX32" => PER_LINUX32,
            _ => throw WharfException.Invalid($"personality \"{personality.Domain}\" is unknown"),
        };
        builder.Plan.Add("personality", personality.Domain, Call.personality, domain);
    }
}
