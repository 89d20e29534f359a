using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Shim.Loop;

namespace Wharf.Shim.Processes;

/// <summary>
/// Reaps every child: those we started and, as subreaper, orphans of programs we ran. An end that nobody waits for yet is kept for a while, since
/// another OCI runtime tells us the pid of a process that may have ended before.
/// </summary>
internal sealed class ChildReaper : IWatcher
{
    private const int Remembered = 64;

    private readonly Dictionary<int, Action<ProcessEnd>> _awaited = [];
    private readonly Queue<ProcessEnd> _unclaimed = new();
    private readonly Watch _watch;

    /// <summary>SIGCHLD must be blocked in every thread of the program.</summary>
    public ChildReaper(EventLoop loop)
    {
        SignalCalls.OpenDescriptor(SignalSet.Of(Signal.Child), nonBlocking: true, out SafeFileHandle descriptor).ThrowIfError("signalfd");
        _watch = loop.Add(descriptor, EpollEvents.In, this);
    }

    /// <summary>Calls back when the child has ended. To be called before the loop goes on after the child was started.</summary>
    public void Await(int pid, Action<ProcessEnd> ended) => _awaited[pid] = ended;

    /// <summary>The same for a process that another program started: it may have ended and been reaped already.</summary>
    public void AwaitForeign(int pid, Action<ProcessEnd> ended)
    {
        int count = _unclaimed.Count;
        ProcessEnd? found = null;
        for (int i = 0; i < count; i++)
        {
            ProcessEnd end = _unclaimed.Dequeue();
            if (end.Pid == pid)
            {
                found = end;
            }
            else
            {
                _unclaimed.Enqueue(end);
            }
        }

        if (found is { } known)
        {
            ended(known);
        }
        else
        {
            _awaited[pid] = ended;
        }
    }

    public void Ready(EpollEvents events)
    {
        while (SignalCalls.Read(_watch.File, out _, out _) == Errno.None)
        {
        }

        Reap();
    }

    public void Reap()
    {
        while (ProcessCalls.WaitAny(block: false, out ProcessEnd end) == Errno.None)
        {
            if (_awaited.Remove(end.Pid, out Action<ProcessEnd>? ended))
            {
                ended(end);
                continue;
            }

            if (_unclaimed.Count == Remembered)
            {
                _unclaimed.Dequeue();
            }

            _unclaimed.Enqueue(end);
        }
    }
}
