using System.Globalization;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Engine.Containers.Lifecycle;

/// <summary>Stops, kills and signals containers. The gate is held to send, never to wait for an end.</summary>
internal sealed class ContainerStopper(EngineCore core, RunMonitor monitor)
{
    private const int DefaultTimeout = 10;

    // After SIGKILL only the kernel is in the way: a process in uninterruptible sleep, a frozen cgroup.
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(30);

    /// <summary>How long a stop gives the program before it is killed.</summary>
    public static TimeSpan Patience(Container container, int? timeoutSeconds)
    {
        int seconds = timeoutSeconds ?? (int?)container.Current.Config.StopTimeout ?? DefaultTimeout;
        return seconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds);
    }

    /// <summary>Stops a container because the daemon ends: nobody wished it, so its policy starts it again with the next daemon.</summary>
    public async Task StopWithDaemonAsync(Container container)
    {
        if (container.Run is not { } run)
        {
            return;
        }

        int number = StopSignal(container.Current, null);
        using (await container.EnterAsync(CancellationToken.None))
        {
            await SendAsync(container, run, number, CancellationToken.None);
            if (container.Current.State.Status == RunStatus.Paused)
            {
                await run.Shim.ResumeAsync(CancellationToken.None);
            }
        }

        if (!await EndsAsync(run, Patience(container, null), CancellationToken.None))
        {
            await KillAsync(container, run);
        }

        core.Events.Raise(container.Current, "stop");
    }

    /// <exception cref="WharfException">NotModified when it does not run.</exception>
    public async Task StopAsync(Container container, string? signal, int? timeoutSeconds, CancellationToken ct)
    {
        int number = StopSignal(container.Current, signal);
        Run? run;
        using (await container.EnterAsync(ct))
        {
            run = container.Run;
            if (run is null)
            {
                await CancelRestartAsync(container, required: true);
            }
            else
            {
                MarkStopped(container);
                await SendAsync(container, run, number, ct);
            }
        }

        if (run is not null)
        {
            if (number == Signal.Kill || !await EndsAsync(run, Patience(container, timeoutSeconds), ct))
            {
                await KillAsync(container, run);
            }
        }

        core.Events.Raise(container.Current, "stop");
    }

    /// <summary>Sends a signal; SIGKILL waits for the end.</summary>
    public async Task SignalAsync(Container container, string? signal, CancellationToken ct)
    {
        int number = Signal.Kill;
        if (!string.IsNullOrEmpty(signal) && !Signal.TryParse(signal, out number))
        {
            throw WharfException.Invalid($"invalid signal: {signal}");
        }

        Run run;
        using (await container.EnterAsync(ct))
        {
            if (container.Run is null && container.Current.State.Status == RunStatus.Restarting)
            {
                // nothing to send it to, but it was told to end
                await CancelRestartAsync(container, required: false);
                core.Events.Raise(container.Current, "kill", ("signal", number.ToString(CultureInfo.InvariantCulture)));
                return;
            }

            run = container.Run ?? throw ContainerErrors.NotRunning(container.Id);

            // Docker: a signal that is not the container's own stop signal leaves its restart policy alone.
            string own = container.Current.Config.StopSignal ?? "";
            if (number == Signal.Kill || own.Length == 0 || number == StopSignal(container.Current, null))
            {
                MarkStopped(container);
            }

            await SendAsync(container, run, number, ct);
        }

        if (number == Signal.Kill)
        {
            await KillAsync(container, run, sent: true);
        }
    }

    /// <summary>Ends a container's run for good, for its removal. None is no error.</summary>
    public async Task KillForRemovalAsync(Container container)
    {
        Run? run;
        using (await container.EnterAsync(CancellationToken.None))
        {
            run = container.Run;
            if (run is null)
            {
                await CancelRestartAsync(container, required: false);
                return;
            }

            container.KeepAfterExit = true;
            MarkStopped(container);
        }

        try
        {
            await KillAsync(container, run);
        }
        catch
        {
            container.KeepAfterExit = false;
            throw;
        }
    }

    /// <summary>Waits for the end of a run, killing again while it does not come.</summary>
    public async Task KillAsync(Container container, Run run, bool sent = false)
    {
        if (!sent)
        {
            using (await container.EnterAsync(CancellationToken.None))
            {
                if (container.Run == run)
                {
                    await SendAsync(container, run, Signal.Kill, CancellationToken.None);
                }
            }
        }

        if (!await EndsAsync(run, KillLimit, CancellationToken.None))
        {
            throw WharfException.Internal($"tried to kill container {container.Id}, but did not receive an exit event");
        }
    }

    private async Task SendAsync(Container container, Run run, int number, CancellationToken ct)
    {
        try
        {
            await run.Shim.SignalAsync(number, all: false, ct);
            if (container.Current.State.Status == RunStatus.Paused && (number == Signal.Kill || container.Current.State.StoppedByRequest))
            {
                // a frozen process takes no signal
                await run.Shim.ResumeAsync(ct);
            }
        }
        catch (WharfException e) when (e.Kind is ErrorKind.NotFound or ErrorKind.Conflict)
        {
            // it ended this moment; its end is on the way
        }

        core.Events.Raise(container.Current, "kill", ("signal", number.ToString(CultureInfo.InvariantCulture)));
    }

    private void MarkStopped(Container container)
    {
        ContainerRecord record = container.Current with { State = container.Current.State with { StoppedByRequest = true } };
        container.Swap(record);
        monitor.Store(record);
    }

    // Between two runs of a policy there is no process, only a plan.
    private async Task CancelRestartAsync(Container container, bool required)
    {
        if (container.Current.State.Status != RunStatus.Restarting)
        {
            if (required)
            {
                throw ContainerErrors.AlreadyStopped();
            }

            return;
        }

        if (container.PendingRestart is { } pending)
        {
            await pending.CancelAsync();
            container.PendingRestart = null;
        }

        ContainerRecord record = container.Current with { State = container.Current.State with { Status = RunStatus.Exited, StoppedByRequest = true } };
        container.Swap(record);
        monitor.Store(record);
        container.Waiters.RunEnded(record.State.ExitCode);
    }

    private async Task<bool> EndsAsync(Run run, TimeSpan limit, CancellationToken ct)
    {
        try
        {
            await run.Ended.Task.WaitAsync(limit, core.Clock, ct);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static int StopSignal(ContainerRecord record, string? signal)
    {
        string text = !string.IsNullOrEmpty(signal) ? signal : record.Config.StopSignal ?? "";
        return text.Length == 0 ? Signal.Terminate : Signal.TryParse(text, out int number) ? number : throw WharfException.Invalid($"invalid signal: {text}");
    }
}
