namespace Wharf.Runtime.Shims;

/// <summary>Where and how the daemon keeps its shims.</summary>
public sealed record ShimFactoryOptions
{
    /// <summary>The exec root; shims live in its folder "shims", one directory each, closed to all but root.</summary>
    public required string ExecRoot { get; init; }

    /// <summary>The program wharf-shim. It is read once: an upgrade on disk does not reach into running daemons.</summary>
    public required string ShimPath { get; init; }

    /// <summary>Shims that wait, already running, for a container. A start that finds one saves the time of starting a process.</summary>
    public int WarmCount { get; init; } = 2;

    /// <summary>
    /// Path of a cgroup to put shims into, in systemd's own hierarchy and in the v2 tree, so that a service manager that ends the daemon's
    /// cgroup leaves them alone; null leaves them where the daemon is.
    /// </summary>
    public string? ShimCgroup { get; init; }

    /// <summary>Told of trouble that no caller waits for.</summary>
    public Action<string>? Trouble { get; init; }
}
