using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Runtime.Cgroups;
using Wharf.Shim.Loop;

namespace Wharf.Shim.Processes;

/// <summary>What is known of the container's place in the kernel: first process, cgroup, kills for want of memory.</summary>
internal sealed class RunningContainer(EventLoop loop, Action killedForMemory) : IWatcher
{
    private OutOfMemoryWatch? _memory;
    private Watch? _watch;

    public int Pid { get; set; }

    public SafeFileHandle? PidFd { get; set; }

    public ContainerCgroup? Cgroup { get; set; }

    /// <summary>At least one process was killed for want of memory.</summary>
    public bool RanOutOfMemory { get; private set; }

    /// <summary>From here on kills are reported. To be called before the first process runs, so that none is missed.</summary>
    public void WatchMemory()
    {
        if (Cgroup is { } cgroup && OutOfMemoryWatch.Open(cgroup) is { } memory)
        {
            _memory = memory;
            _watch = loop.Add(memory.Descriptor, EpollEvents.In, this);
        }
    }

    /// <summary>Takes the last kills into account; the watch ends.</summary>
    public void StopWatching()
    {
        if (_watch is { IsClosed: false })
        {
            Ready(EpollEvents.In);
            _watch.Close();
        }
    }

    public void Ready(EpollEvents events)
    {
        // One event a kill, but a fork bomb's hundreds of them say no more than a few do.
        const int MostEvents = 16;
        long kills = Math.Min(_memory!.TakeKills(), MostEvents);
        for (long i = 0; i < kills; i++)
        {
            RanOutOfMemory = true;
            killedForMemory();
        }
    }
}
