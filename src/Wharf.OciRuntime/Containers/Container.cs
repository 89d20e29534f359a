using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Cgroups;
using Wharf.Runtime.Launch;

namespace Wharf.OciRuntime.Containers;

/// <summary>A container as the disk and the kernel know it now.</summary>
internal sealed class Container(ContainerRecord record, string directory)
{
    private RuntimeSpec? _spec;

    public ContainerRecord Record => record;

    /// <summary>The specification it was made from: hooks, seccomp, and the process that exec starts from.</summary>
    public RuntimeSpec Spec => _spec ??= Bundle.Load(Bundle.ConfigOf(directory));

    public string Id => record.Id;

    /// <summary>The start gate: a FIFO that is there as long as the container waits for start.</summary>
    public string GatePath => Path.Combine(directory, "exec.fifo");

    public ContainerCgroup Cgroup => ContainerCgroup.Open(record.CgroupPath, record.Id);

    public string Status => !IsAlive ? "stopped" : Cgroup.IsFrozen ? "paused" : File.Exists(GatePath) ? "created" : "running";

    /// <summary>True while the first process is there and no zombie.</summary>
    public bool IsAlive => ProcessStat.TryRead(record.Pid, out ProcessStat stat) && stat.StartTime == record.StartTime && stat.State is not ('Z' or 'X');

    public ContainerState State
    {
        get
        {
            string status = Status;
            return new ContainerState
            {
                Id = record.Id,
                Status = status,
                Pid = status == "stopped" ? 0 : record.Pid,
                Bundle = record.Bundle,
                Annotations = Spec.Annotations,
            };
        }
    }

    /// <summary>A descriptor of the first process, checked to be that process and no later one.</summary>
    /// <exception cref="WharfException">Conflict: "container not running".</exception>
    public SafeFileHandle OpenProcess()
    {
        Errno errno = ProcessCalls.OpenPid(record.Pid, out SafeFileHandle pidfd);
        if (errno == Errno.None && IsAlive)
        {
            return pidfd;
        }

        pidfd.Dispose();
        throw WharfException.Conflict("container not running");
    }

    /// <summary>How one more process is started in it.</summary>
    public ExecRequest Exec(SafeFileHandle init, ProcessSpec process) => new()
    {
        ContainerPid = record.Pid,
        ContainerPidFd = init,
        Process = process,
        Seccomp = Spec.Linux?.Seccomp,
        Cgroup = Cgroup,
        State = () => State,
    };

    /// <exception cref="WharfException">Conflict, in the words of runc: "container not running", or "container not paused" where only that will do.</exception>
    public void Require(params ReadOnlySpan<string> statuses)
    {
        if (!statuses.Contains(Status))
        {
            throw WharfException.Conflict($"container not {(statuses is ["paused"] ? "paused" : "running")}");
        }
    }
}
