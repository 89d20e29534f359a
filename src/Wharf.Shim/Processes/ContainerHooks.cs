using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Hooks;
using Wharf.Runtime.Launch;
using Wharf.Runtime.Shims;
using Wharf.Runtime.Shims.Reading;
using Wharf.Shim.OtherRuntimes;

namespace Wharf.Shim.Processes;

/// <summary>The hooks of a specification at their places in a container's life (config.md, "POSIX-platform Hooks").</summary>
internal sealed class ContainerHooks
{
    private readonly ShimTask _task;
    private readonly HooksSpec _hooks;

    private ContainerHooks(ShimTask task, HooksSpec hooks)
    {
        _task = task;
        _hooks = hooks;
    }

    /// <summary>Null where the specification names none, as engines' own do.</summary>
    public static ContainerHooks? Of(ShimTask task) => task.Spec.Hooks is { } hooks
        && (hooks.Prestart ?? hooks.CreateRuntime ?? hooks.CreateContainer ?? hooks.StartContainer ?? hooks.Poststart ?? hooks.Poststop) is not null ? new ContainerHooks(task, hooks) : null;

    /// <summary>Puts the specification where hooks look for it, with the place at which createContainer hooks find the root file system.</summary>
    public void WriteBundle(ReadOnlyMemory<byte> task)
    {
        if (_task.BundlePath is { } bundle)
        {
            string root = _task.Rootfs?.Upper ?? _task.Spec.Root?.Path ?? "";
            byte[] config = ShimJsonReader.Extract(task, "spec", ("root", BundleRootfs.Json(root, _task.Rootfs?.ReadOnly == true || _task.Spec.Root?.Readonly == true)));
            Directory.CreateDirectory(bundle);
            File.WriteAllBytes(Path.Combine(bundle, "config.json"), config);
        }
    }

    /// <summary>Starts the container with its hooks run. One that fails before the program runs ends the start.</summary>
    public LaunchResult Launch(LaunchRequest request)
    {
        request = request with
        {
            NamespacesReady = pid =>
            {
                HookRunner.Run("prestart", _hooks.Prestart, State("creating", pid));
                HookRunner.Run("createRuntime", _hooks.CreateRuntime, State("creating", pid));
            },
            RootfsReady = pid => HookRunner.RunInside("createContainer", _hooks.CreateContainer, State("creating", pid)),
        };
        LaunchResult result = _hooks.StartContainer is { Count: > 0 } ? LaunchThroughGate(request) : LaunchAtOnce(request);
        if (result.Failure is not null)
        {
            return result;
        }

        try
        {
            HookRunner.Run("poststart", _hooks.Poststart, State("running", result.Pid));
            return result;
        }
        catch (WharfException e)
        {
            return Stop(result, e);
        }
    }

    /// <summary>After the container's end: an error of these is logged, and all of them run. Nothing is left of the bundle.</summary>
    public void RunPoststop()
    {
        foreach (HookSpec hook in _hooks.Poststop ?? [])
        {
            try
            {
                HookRunner.Run("poststop", [hook], State("stopped", 0));
            }
            catch (WharfException e)
            {
                ErrorLog.Write($"{_task.ContainerId}: {e.Message}");
            }
        }

        if (_task.BundlePath is { } bundle && Directory.Exists(bundle))
        {
            Directory.Delete(bundle, recursive: true);
        }
    }

    private static LaunchResult LaunchAtOnce(LaunchRequest request)
    {
        using LaunchPlan plan = SpecCompiler.Compile(request);
        return Launcher.Launch(plan);
    }

    // startContainer hooks run in the finished container, before its program: that waits at a gate meanwhile.
    private LaunchResult LaunchThroughGate(LaunchRequest request)
    {
        FileCalls.Pipe(out SafeFileHandle gate, out SafeFileHandle opener).ThrowIfError("pipe2");
        using (gate)
        using (opener)
        {
            // not disposed: the child runs on its plan until it executes, which nobody can wait for behind a gate
            LaunchPlan plan = SpecCompiler.Compile(request with { StartGate = gate });
            LaunchResult result = Launcher.Launch(plan);
            if (result.Failure is not null)
            {
                return result;
            }

            try
            {
                HookRunner.RunConfined("startContainer", _hooks.StartContainer, State("created", result.Pid), new ExecRequest
                {
                    ContainerPid = result.Pid,
                    ContainerPidFd = result.PidFd!,
                    Process = request.Spec.Process!,
                    Seccomp = request.Spec.Linux?.Seccomp,
                    Filter = request.Filter,
                    Cgroup = request.Cgroup,
                    State = () => State("created", result.Pid),
                });
            }
            catch (WharfException e)
            {
                return Stop(result, e);
            }

            FileCalls.Write(opener, "s"u8, out _).ThrowIfError("write", "start gate");
            return result;
        }
    }

    // runtime.md, "Lifecycle": a hook that fails, poststart ones too, stops the container.
    private LaunchResult Stop(LaunchResult result, WharfException reason)
    {
        ProcessCalls.SendSignal(result.PidFd!, Signal.Kill).ThrowIfError("pidfd_send_signal", _task.ContainerId);
        ProcessCalls.Wait(result.PidFd!, block: true, out _).ThrowIfError("waitid", _task.ContainerId);
        result.PidFd!.Dispose();
        result.Console?.Dispose();
        return new LaunchResult { Failure = new LaunchFailure($"unable to start container process: {reason.Message}", 128) };
    }

    /// <summary>What hooks and agents are told of the container.</summary>
    public static ContainerState State(ShimTask task, string status, int pid) => new()
    {
        Id = task.ContainerId,
        Status = status,
        Pid = pid,
        Bundle = task.BundlePath ?? "/",
        Annotations = task.Spec.Annotations,
    };

    private ContainerState State(string status, int pid) => State(_task, status, pid);
}
