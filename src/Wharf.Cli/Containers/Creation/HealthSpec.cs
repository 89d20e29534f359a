using Wharf.Api.Containers;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Containers.Creation;

/// <summary>The <c>--health-*</c> flags; times are nanoseconds.</summary>
internal static class HealthSpec
{
    public static HealthConfig? From(Invocation call)
    {
        string command = call.String("health-cmd");
        long interval = call.Int("health-interval");
        long timeout = call.Int("health-timeout");
        long startPeriod = call.Int("health-start-period");
        long startInterval = call.Int("health-start-interval");
        long retries = call.Int("health-retries");
        bool any = command.Length > 0 || interval != 0 || timeout != 0 || startPeriod != 0 || startInterval != 0 || retries != 0;
        if (call.Bool("no-healthcheck"))
        {
            return any
                ? throw new CommandException("--no-healthcheck conflicts with --health-* options")
                : new HealthConfig { Test = ["NONE"] };
        }

        if (!any)
        {
            return null;
        }

        NotNegative(interval, "--health-interval");
        NotNegative(timeout, "--health-timeout");
        NotNegative(retries, "--health-retries");
        NotNegative(startPeriod, "--health-start-period");
        NotNegative(startInterval, "--health-start-interval");
        return new HealthConfig
        {
            Test = command.Length > 0 ? ["CMD-SHELL", command] : null,
            Interval = interval,
            Timeout = timeout,
            StartPeriod = startPeriod,
            StartInterval = startInterval,
            Retries = retries,
        };
    }

    private static void NotNegative(long value, string flag)
    {
        if (value < 0)
        {
            throw new CommandException($"{flag} cannot be negative");
        }
    }
}
