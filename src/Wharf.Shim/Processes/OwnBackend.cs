using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Cgroups;
using Wharf.Runtime.Launch;
using Wharf.Runtime.Shims;

namespace Wharf.Shim.Processes;

/// <summary>Our own runtime: compiles the specification into a launch plan and runs it in this process.</summary>
internal sealed class OwnBackend(RunningContainer container) : IContainerBackend
{
    private int _score;
    private ContainerHooks? _hooks;
    private ContainerState? _state;

    public bool StartsForeignProcesses => false;

    public void Start(ShimTask task, ReadOnlyMemory<byte> json, StdioDescriptors stdio, Action<LaunchResult> done)
    {
        var cgroup = ContainerCgroup.Create(task.Spec.Linux?.CgroupsPath, task.ContainerId);
        container.Cgroup = cgroup;
        List<string> warnings = [];
        if (task.Spec.Linux?.Resources is { } resources)
        {
            cgroup.Apply(resources, warnings);
        }

        container.WatchMemory();
        _score = task.Spec.Process?.OomScoreAdj ?? 0;
        var request = new LaunchRequest
        {
            ContainerId = task.ContainerId,
            Spec = task.Spec with { Process = task.Spec.Process is { } process ? WithScore(process) : null },
            Bundle = task.BundlePath ?? "/",
            Rootfs = task.Rootfs,
            Filter = task.Filter,
            Stdio = stdio,
            Cgroup = cgroup,
            Init = task.Init,
        };
        _state = ContainerHooks.State(task, "creating", 0);
        _hooks = ContainerHooks.Of(task);
        _hooks?.WriteBundle(json);
        LaunchResult result = _hooks?.Launch(request) ?? Launch(request);
        done(warnings.Count == 0 ? result : result with { Warnings = [.. warnings, .. result.Warnings] });
    }

    private static LaunchResult Launch(LaunchRequest request)
    {
        using LaunchPlan plan = SpecCompiler.Compile(request);
        return Launcher.Launch(plan);
    }

    public void Exec(ShimExec exec, ReadOnlyMemory<byte> json, StdioDescriptors stdio, Action<LaunchResult> done)
    {
        var request = new ExecRequest
        {
            ContainerPid = container.Pid,
            ContainerPidFd = container.PidFd ?? throw WharfException.Conflict("the container's process has no pid descriptor"),
            Process = WithScore(exec.Process),
            Seccomp = exec.Seccomp,
            Filter = exec.Filter,
            Stdio = stdio,
            Cgroup = container.Cgroup,
            State = () => _state! with { Status = "running", Pid = container.Pid },
        };
        using LaunchPlan plan = ExecCompiler.Compile(request);
        done(Launcher.Launch(plan));
    }

    // The shim protects itself from the kernel's choice of a victim; what it starts must not inherit that.
    private ProcessSpec WithScore(ProcessSpec process) => process with { OomScoreAdj = process.OomScoreAdj ?? _score };

    public void CleanUp()
    {
        container.Cgroup?.Delete();
        _hooks?.RunPoststop();
    }
}
