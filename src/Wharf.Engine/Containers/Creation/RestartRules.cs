using Wharf.Api.Containers;
using Wharf.Primitives;

namespace Wharf.Engine.Containers.Creation;

/// <summary>Which restart policies there are and what goes with them.</summary>
internal static class RestartRules
{
    public static void Check(RestartPolicy? policy)
    {
        long retries = policy?.MaximumRetryCount ?? 0;
        switch (policy?.Name)
        {
            case "always" or "no" or "unless-stopped" when retries != 0:
                throw WharfException.Invalid("invalid restart policy: maximum retry count can only be used with 'on-failure'" + (retries < 0 ? " and cannot be negative" : ""));
            case "on-failure" when retries < 0:
                throw WharfException.Invalid("invalid restart policy: maximum retry count cannot be negative");
            case null or "" when retries != 0:
                throw WharfException.Invalid("invalid restart policy: maximum retry count can only be used with 'on-failure'");
            case null or "" or "always" or "no" or "unless-stopped" or "on-failure":
                return;
            default:
                throw WharfException.Invalid($"invalid restart policy: unknown policy '{policy.Name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'");
        }
    }

    public static bool IsNone(RestartPolicy? policy) => policy?.Name is null or "" or "no";
}
