using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Launch;

namespace Wharf.Runtime.Hooks;

/// <summary>
/// Runs hooks one after another, each with the container's state on its standard input (config.md, "POSIX-platform Hooks"). Their output goes to
/// our stderr. Hooks are programs of the host, named by the specification's author.
/// </summary>
public static class HookRunner
{
    /// <summary>In our own namespaces: prestart, createRuntime, poststart, poststop.</summary>
    /// <exception cref="WharfException">The first hook that fails; the ones behind it do not run.</exception>
    public static void Run(string kind, IReadOnlyList<HookSpec>? hooks, ContainerState state)
    {
        foreach (HookSpec hook in hooks ?? [])
        {
            RunOne(kind, hook, state, Spawn);
        }
    }

    /// <summary>In the namespaces of a process of the container, with our rights: createContainer, whose program is the host's.</summary>
    public static void RunInside(string kind, IReadOnlyList<HookSpec>? hooks, ContainerState state)
    {
        foreach (HookSpec hook in hooks ?? [])
        {
            RunOne(kind, hook, state, (h, input) => Enter(h, input, state.Pid));
        }
    }

    /// <summary>
    /// As a process of the container and with no more rights than its own has: startContainer, whose program is the container's.
    /// </summary>
    /// <param name="kind">The hooks' name in the specification.</param>
    /// <param name="hooks">The hooks.</param>
    /// <param name="state">What they read.</param>
    /// <param name="own">How a process is started in the container.</param>
    /// <exception cref="WharfException">The first hook that fails; the ones behind it do not run.</exception>
    public static void RunConfined(string kind, IReadOnlyList<HookSpec>? hooks, ContainerState state, ExecRequest own)
    {
        foreach (HookSpec hook in hooks ?? [])
        {
            RunOne(kind, hook, state, (h, input) => Execute(kind, h, input, own));
        }
    }

    private static SafeFileHandle Execute(string kind, HookSpec hook, SafeFileHandle input, ExecRequest own)
    {
        using LaunchPlan plan = ExecCompiler.Compile(own with
        {
            Program = hook.Path,
            Process = own.Process with { Args = Arguments(hook), Env = hook.Env ?? own.Process.Env, Terminal = false },
            Stdio = new StdioDescriptors(input.Number(), 2, 2),
            PreservedDescriptors = 0,
        });
        LaunchResult result = Launcher.Launch(plan);
        return result.Failure is { } failure ? throw WharfException.Internal($"error running {kind} hook {hook.Path}: {failure.Message}") : result.PidFd!;
    }

    private static void RunOne(string kind, HookSpec hook, ContainerState state, Func<HookSpec, SafeFileHandle, SafeFileHandle> start)
    {
        if (hook.Timeout <= 0)
        {
            throw WharfException.Invalid($"{kind} hook {hook.Path}: timeout must be greater than zero");
        }

        FileCalls.MemoryFile("state", sealable: false, out SafeFileHandle input).ThrowIfError("memfd_create");
        using (input)
        {
            FileCalls.WriteAll(input, ContainerStateJson.Write(state)).ThrowIfError("write", "state for hook");
            FileCalls.Reopen(input, OpenFlags.ReadOnly, out SafeFileHandle fromStart).ThrowIfError("open", "state for hook");
            using (fromStart)
            using (SafeFileHandle pidfd = start(hook, fromStart))
            {
                Await(kind, hook, pidfd);
            }
        }
    }

    private static void Await(string kind, HookSpec hook, SafeFileHandle pidfd)
    {
        int limit = hook.Timeout is { } seconds ? seconds * 1000 : -1;
        if (!EventCalls.WaitReadable(pidfd, limit))
        {
            _ = ProcessCalls.SendSignal(pidfd, Signal.Kill);
            ProcessCalls.Wait(pidfd, block: true, out _).ThrowIfError("waitid", hook.Path);
            throw WharfException.Internal($"error running {kind} hook {hook.Path}: timed out after {hook.Timeout} s");
        }

        ProcessCalls.Wait(pidfd, block: true, out ProcessEnd end).ThrowIfError("waitid", hook.Path);
        if (end.ExitCode != 0)
        {
            throw WharfException.Internal($"error running {kind} hook {hook.Path}: {(end.Signalled ? $"signal {end.Value}" : $"exit status {end.ExitCode}")}");
        }
    }

    private static SafeFileHandle Spawn(HookSpec hook, SafeFileHandle input)
    {
        ProcessSpawner.Spawn(hook.Path, Arguments(hook), Environment(hook), [input.Number(), 2, 2], null, newSession: false, out int pid).ThrowIfError("exec hook", hook.Path);
        ProcessCalls.OpenPid(pid, out SafeFileHandle pidfd).ThrowIfError("pidfd_open", hook.Path);
        return pidfd;
    }

    private static SafeFileHandle Enter(HookSpec hook, SafeFileHandle input, int pid)
    {
        ProcessCalls.OpenPid(pid, out SafeFileHandle container).ThrowIfError("pidfd_open", $"{pid}");
        using (container)
        using (var plan = new SyscallPlan())
        {
            NamespaceKinds foreign = ContainerNamespaces.Of(pid).Foreign & ~NamespaceKinds.Pid;
            ProcessSteps.ResetSignals(plan);
            if (foreign != NamespaceKinds.None)
            {
                plan.Add("setns", "namespaces of the container", Call.setns, container.Number(), (int)foreign);
            }

            plan.Add("dup3", "stdin", Call.dup3, input.Number(), 0, 0);
            plan.Add("dup3", "stdout", Call.dup3, 2, 1, 0);
            plan.Add("rt_sigprocmask", "none blocked", Call.rt_sigprocmask, 2, plan.Zeroed(8), 0, 8);
            plan.Add("execve", hook.Path, Call.execve, plan.Text(hook.Path), plan.Vector(Arguments(hook)), plan.Vector(Environment(hook)));
            PlanRun run = PlanRun.Start(plan, NamespaceKinds.None, null, null);
            PlanReport report = run.Next();
            if (report.Progress == PlanProgress.Failed)
            {
                ProcessCalls.Wait(run.PidFd, block: true, out _).ThrowIfError("waitid", hook.Path);
                run.Dispose();
                throw report.Errno.ToException(plan.NameOf(report.Place).Sentence);
            }

            run.Dispose();
            return run.PidFd;
        }
    }

    // As environ(7) has it for a program that is not told another: ours. An empty list is an empty environment.
    private static IReadOnlyList<string> Environment(HookSpec hook)
    {
        if (hook.Env is { } own)
        {
            return own;
        }

        var lines = new List<string>();
        foreach (System.Collections.DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            lines.Add($"{variable.Key}={variable.Value}");
        }

        return lines;
    }

    private static IReadOnlyList<string> Arguments(HookSpec hook) => hook.Args is { Count: > 0 } args ? args : [hook.Path];
}
