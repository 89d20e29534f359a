using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Primitives;

namespace Wharf.Runtime.Launch;

/// <summary>
/// Runs a plan: clones into the namespaces, waits until the child has replaced itself by the program, waits at its start gate, or says
/// which step failed.
/// </summary>
public static class Launcher
{
    /// <summary>Blocks until the outcome is known. The plan can be disposed afterwards, unless the child waits at a start gate.</summary>
    public static LaunchResult Launch(LaunchPlan plan)
    {
        PlanRun run;
        try
        {
            run = PlanRun.Start(plan.Steps, plan.Namespaces, plan.Cgroup, plan.PidNamespace);
        }
        catch (WharfException e)
        {
            return new LaunchResult { Failure = new LaunchFailure($"unable to start container process: {e.Message}", LaunchErrors.OtherExitCode), Warnings = plan.Warnings };
        }

        try
        {
            return Follow(plan, run);
        }
        catch (WharfException e)
        {
            // a hook or an id map failed while the child waited: it gets no byte, and ends when our side closes
            _ = ProcessCalls.SendSignal(run.PidFd, Signal.Kill);
            Reap(run);
            TakeScoreBack(plan);
            return new LaunchResult { Failure = new LaunchFailure($"unable to start container process: {e.Message}", LaunchErrors.OtherExitCode), Warnings = plan.Warnings };
        }
    }

    private static LaunchResult Follow(LaunchPlan plan, PlanRun run)
    {
        while (true)
        {
            PlanReport report = run.Next();
            switch (report.Progress)
            {
                case PlanProgress.Failed:
                    Reap(run);
                    TakeScoreBack(plan);
                    return new LaunchResult { Failure = LaunchErrors.Explain(plan, report.Place, report.Errno), Warnings = plan.Warnings };
                case PlanProgress.Executed:
                    run.Dispose();
                    TakeScoreBack(plan);
                    return Success(plan, run);
                case PlanProgress.Waiting when report.Place == LaunchPoint.Created:
                    // the child shares our memory until it executes: its stack and its plan stay as long as we do
                    run.Abandon();
                    return Success(plan, run);
                case PlanProgress.Waiting:
                    Serve(plan, run, report);
                    run.Continue();
                    break;
            }
        }
    }

    private static void Serve(LaunchPlan plan, PlanRun run, PlanReport report)
    {
        if (report.Place == LaunchPoint.FilterInstalled)
        {
            plan.Agent!.Tell(run.Pid, run.PidFd, report.Number);
            return;
        }

        if (report.Place == LaunchPoint.RootfsReady)
        {
            plan.RootfsReady?.Invoke(run.Pid);
            return;
        }

        if (plan.UidMappings is not null)
        {
            IdMaps.Write(run.Pid, plan.UidMappings, plan.GidMappings ?? []);
        }

        plan.NamespacesReady?.Invoke(run.Pid);
    }

    private static LaunchResult Success(LaunchPlan plan, PlanRun run)
    {
        SafeFileHandle? console = null;
        if (plan.ConsoleChannel is { } channel)
        {
            Span<byte> text = stackalloc byte[8];
            Errno errno = UnixSocketCalls.Receive(channel, text, out _, out SafeFileHandle[] descriptors, wait: false);
            if (errno == Errno.EAGAIN)
            {
                return EndedUnseen(plan, run);
            }

            errno.ThrowIfError("recvmsg", "terminal");
            console = descriptors is [var master, ..] ? master : throw WharfException.Internal("the new process sent no terminal");
        }

        return new LaunchResult { Pid = run.Pid, PidFd = run.PidFd, Console = console, Warnings = plan.Warnings };
    }

    // The terminal is sent long before execve(2): where it has not come, the end of the status pipe was the child's own end. It was killed on its
    // way, by the end of the pid namespace that it was to join, or by whoever empties its cgroup.
    private static LaunchResult EndedUnseen(LaunchPlan plan, PlanRun run)
    {
        ProcessEnd end = Reap(run);
        string how = end.Signalled ? $"signal {end.Value}" : $"exit status {end.Value}";
        return new LaunchResult { Failure = new LaunchFailure($"unable to start container process: it ended before it could run the program ({how})", LaunchErrors.OtherExitCode), Warnings = plan.Warnings };
    }

    private static void TakeScoreBack(LaunchPlan plan)
    {
        if (plan.OwnScore is { } score)
        {
            OutOfMemorySteps.Restore(score);
        }
    }

    private static ProcessEnd Reap(PlanRun run)
    {
        ProcessCalls.Wait(run.PidFd, block: true, out ProcessEnd end).ThrowIfError("waitid", $"{run.Pid}");
        run.PidFd.Dispose();
        run.Dispose();
        return end;
    }
}
