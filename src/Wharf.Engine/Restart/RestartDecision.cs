using Wharf.Api.Containers;
using Wharf.Engine.Containers;

namespace Wharf.Engine.Restart;

/// <summary>Whether a container's policy starts it again, and after which delay: 100 ms, doubled each time up to a minute, anew after ten seconds of life.</summary>
internal static class RestartDecision
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    public static bool AfterExit(RestartPolicy? policy, RunState state, int exitCode) => !state.StoppedByRequest && policy?.Name switch
    {
        "always" or "unless-stopped" => true,
        "on-failure" => exitCode != 0 && (policy.MaximumRetryCount == 0 || state.RestartCount < policy.MaximumRetryCount),
        _ => false,
    };

    /// <summary>Whether a daemon that starts starts a container whose process is gone. "always" means always, even one that a person stopped.</summary>
    public static bool AfterDaemonStart(RestartPolicy? policy, RunState state, bool ranAtTheEnd) => policy?.Name switch
    {
        "always" => state.StartedAt is not null,
        "unless-stopped" => state.StartedAt is not null && !state.StoppedByRequest,
        "on-failure" => ranAtTheEnd && !state.StoppedByRequest && state.ExitCode != 0 && (policy.MaximumRetryCount == 0 || state.RestartCount < policy.MaximumRetryCount),
        _ => false,
    };

    public static TimeSpan Delay(TimeSpan previous, TimeSpan lifetime)
    {
        if (previous <= TimeSpan.Zero || lifetime >= Settled)
        {
            return First;
        }

        TimeSpan doubled = previous * 2;
        return doubled > Longest ? Longest : doubled;
    }
}
