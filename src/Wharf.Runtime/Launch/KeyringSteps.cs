using Wharf.Linux;
using Wharf.Linux.Plans;

namespace Wharf.Runtime.Launch;

/// <summary>A session keyring of the container's own, so that keys of the host's session are not reachable (session-keyring(7)).</summary>
internal static class KeyringSteps
{
    private const int KEYCTL_JOIN_SESSION_KEYRING = 1;

    public static void Join(PlanBuilder builder) =>
        builder.Plan.Add("keyctl", "session keyring", Call.keyctl, KEYCTL_JOIN_SESSION_KEYRING, builder.Plan.Text($"_ses.{builder.Request.ContainerId}"))
            // kernels without keyrings, and users whose quota of keys is used up
            .Allow(Errno.ENOSYS).Allow(Errno.EDQUOT);
}
