namespace Wharf.Engine.Containers.Listing;

/// <summary>Lengths of time as Docker's users read them: "5 minutes", "About an hour".</summary>
internal static class HumanTime
{
    public static string Of(TimeSpan time)
    {
        long seconds = (long)time.TotalSeconds, minutes = (long)time.TotalMinutes, hours = (long)(time.TotalHours + 0.5);
        return seconds switch
        {
            < 1 => "Less than a second",
            1 => "1 second",
            < 60 => $"{seconds} seconds",
            _ when minutes == 1 => "About a minute",
            _ when minutes < 60 => $"{minutes} minutes",
            _ when hours == 1 => "About an hour",
            _ when hours < 48 => $"{hours} hours",
            _ when hours < 24 * 7 * 2 => $"{hours / 24} days",
            _ when hours < 24 * 30 * 2 => $"{hours / 24 / 7} weeks",
            _ when hours < 24 * 365 * 2 => $"{hours / 24 / 30} months",
            _ => $"{hours / 24 / 365} years",
        };
    }

    /// <summary>The STATUS column of <c>ps</c>.</summary>
    public static string StatusOf(RunState state, DateTimeOffset now)
    {
        string up = "Up " + Of(now - (state.StartedAt ?? now)), ended = Of(now - (state.FinishedAt ?? now));
        return state.Status switch
        {
            RunStatus.Paused => up + " (Paused)",
            RunStatus.Restarting => $"Restarting ({state.ExitCode}) {ended} ago",
            RunStatus.Running => state.Health?.Status switch
            {
                null or "" or "none" => up,
                "starting" => up + " (health: starting)",
                var health => $"{up} ({health})",
            },
            RunStatus.Removing => "Removal In Progress",
            RunStatus.Dead => "Dead",
            _ when state.StartedAt is null => "Created",
            _ when state.FinishedAt is null => "",
            _ => $"Exited ({state.ExitCode}) {ended} ago",
        };
    }
}
