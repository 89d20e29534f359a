using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;
using Wharf.Runtime.Launch;
using Wharf.Runtime.Logging;
using Wharf.Runtime.Shims;
using Wharf.Runtime.Shims.Protocol;
using Wharf.Shim.Control;
using Wharf.Shim.Logs;
using Wharf.Shim.Loop;
using Wharf.Shim.Processes;
using Wharf.Shim.Streams;

namespace Wharf.Shim;

/// <summary>
/// The shim's one container from assignment to release: answers the daemon, keeps the processes, tells of their ends. A daemon may come and go
/// at any time; without one the container runs on, and its exit is kept on disk for the next.
/// </summary>
internal sealed partial class Supervisor : IRequestHandler, IDisposable
{
    // A shim that nobody has talked to, and one whose container has ended and whose exit is on disk, do not stay for ever.
    private static readonly TimeSpan Orphaned = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AfterEnd = TimeSpan.FromSeconds(10);

    // Ends of execs that a daemon which comes later may still ask for.
    private const int RememberedExecs = 64;
    private const int MaxExecs = 1024;

    private readonly EventLoop _loop;
    private readonly ChildReaper _reaper;
    private readonly SharedBuffers _buffers;
    private readonly StreamLimits _limits;
    private readonly Func<ShimTask, RunningContainer, IContainerBackend> _backends;
    private readonly RunningContainer _container;
    private readonly List<ControlConnection> _daemons = [];
    private readonly Dictionary<string, ShimProcess> _execs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StdioHub> _expectedExecs = new(StringComparer.Ordinal);
    private readonly Queue<ShimReply> _endedExecs = new();
    private readonly List<StdioHub> _farewells = [];
    private readonly LoopTimer _leave;
    private readonly ShimProcess _first;
    private IContainerBackend? _backend;
    private ShimTask? _task;
    private LogFile? _log;
    private LogRelay? _relay;
    private string _containerId = "";
    private DateTimeOffset _startedAt;
    private ShimExit? _exit;
    private bool _exitOnDisk;

    // The shim's directory was deleted: no daemon that comes can find it.
    private bool _beyondReach;
    private bool _released;
    private long _collectedAt;

    public Supervisor(EventLoop loop, StreamLimits limits, Func<ShimTask, RunningContainer, IContainerBackend> backends, ChildReaper reaper)
    {
        _loop = loop;
        _limits = limits;
        _backends = backends;
        _reaper = reaper;
        _buffers = new SharedBuffers(loop) { Trimmed = GiveBack };
        _container = new RunningContainer(loop, () => Tell(new ShimReply { Kind = ShimReplyKind.OutOfMemory }));
        _first = new ShimProcess("", NewHub(), loop, FirstCompleted);
        _leave = loop.Schedule(Orphaned, Leave);
        loop.IdleWork = Compress;
    }

    public void Connected(ControlConnection connection)
    {
    }

    public void Disconnected(ControlConnection connection)
    {
        if (_daemons.Remove(connection) && _daemons.Count == 0)
        {
            ConsiderLeaving();
        }
    }

    public void Dispose()
    {
        _log?.Dispose();
        _relay?.Dispose();
        _buffers.Dispose();
    }

    private StdioHub NewHub() => new(_loop, _buffers, _limits) { ClientGone = ConsiderLeaving };

    private void Tell(ShimReply news)
    {
        foreach (ControlConnection daemon in _daemons.ToArray())
        {
            daemon.Send(news);
        }
    }

    // After a start or an exec the heap is full of what they were made from; nobody will collect it, as nothing is allocated any more.
    private void GiveBack()
    {
        const long WorthIt = 64 * 1024;
        _log?.Trim();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        if (allocated - _collectedAt > WorthIt)
        {
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            NativeHeap.Trim();
            _collectedAt = allocated;
        }
    }

    private bool Compress()
    {
        if (_log is not { HasWork: true })
        {
            return false;
        }

        _log.Step();
        return true;
    }

    private void FirstStarted(LaunchResult result, StdioPipes? pipes, ControlConnection connection, ShimRequest request)
    {
        pipes?.CloseTheirs();
        if (result.Failure is { } failure)
        {
            LaunchFailed(pipes, connection, request, failure);
            return;
        }

        _startedAt = DateTimeOffset.UtcNow;
        _first.Pid = _container.Pid = result.Pid;
        _first.PidFd = _container.PidFd = result.PidFd;
        if (_backend!.StartsForeignProcesses)
        {
            _reaper.AwaitForeign(result.Pid, FirstEnded);
        }
        else
        {
            _reaper.Await(result.Pid, FirstEnded);
        }

        _exitOnDisk = false;
        _ = WriteState();
        connection.Send(Launched(request, result));
        StartStreams(_first, pipes, result.Console, _task!.OpenStdin, _task.StdinOnce, (IOutputLog?)_relay ?? _log);
    }

    private void LaunchFailed(StdioPipes? pipes, ControlConnection connection, ShimRequest request, LaunchFailure failure)
    {
        pipes?.Dispose();
        _container.StopWatching();
        connection.Send(new ShimReply { Kind = ShimReplyKind.Launched, Sequence = request.Sequence, Text = failure.Message, Code = failure.ExitCode });
        _task = null;
        CloseLog();
        _first.Hub.Finish();
        CleanUp();
    }

    private static ShimReply Launched(ShimRequest request, LaunchResult result) => new()
    {
        Kind = ShimReplyKind.Launched,
        Sequence = request.Sequence,
        Pid = result.Pid,
        Time = DateTimeOffset.UtcNow.UtcTicks,
        Names = result.Warnings,
    };

    private static void StartStreams(ShimProcess process, StdioPipes? pipes, SafeFileHandle? console, bool openStdin, bool stdinOnce, IOutputLog? log)
    {
        if (pipes is not null)
        {
            process.Hub.Start(pipes.Stdin, pipes.Stdout, pipes.Stderr, terminal: false, stdinOnce, log);
            return;
        }

        SafeFileHandle master = console ?? throw WharfException.Internal("the process has neither pipes nor a terminal");
        FileCalls.SetNonBlocking(master, true).ThrowIfError("fcntl", "terminal");
        SafeFileHandle? input = null;
        if (openStdin)
        {
            // A descriptor can be in an epoll set once: input and output wait for different things.
            FileCalls.Duplicate(master, out input).ThrowIfError("dup", "terminal");
        }

        FileCalls.Duplicate(master, out SafeFileHandle sized).ThrowIfError("dup", "terminal");
        process.Terminal = sized;
        process.Hub.Start(input, master, null, terminal: true, stdinOnce, log);
    }

    private void FirstEnded(ProcessEnd end)
    {
        // With a pid namespace of its own all others died with the first; without one they are ended here, as Docker does.
        if (!HasOwnPidNamespace(_task!))
        {
            _container.Cgroup?.SignalAll(Signal.Kill);
        }

        _first.Ended(end);
    }

    private static bool HasOwnPidNamespace(ShimTask task)
    {
        foreach (Oci.Runtime.LinuxNamespace ns in task.Spec.Linux?.Namespaces ?? [])
        {
            if (ns.Type == "pid")
            {
                return string.IsNullOrEmpty(ns.Path);
            }
        }

        return false;
    }

    private void FirstCompleted(ShimProcess first)
    {
        _container.StopWatching();
        if (_relay is null)
        {
            FirstRecorded(first);
        }
        else
        {
            _relay.Finish(() => FirstRecorded(first));
        }
    }

    private void FirstRecorded(ShimProcess first)
    {
        _exit = new ShimExit(first.ExitCode, _container.RanOutOfMemory, new DateTimeOffset(first.FinishedAt, TimeSpan.Zero));
        Errno written = WriteState();
        _exitOnDisk = written == Errno.None;
        _beyondReach = written == Errno.ENOENT;
        Tell(ExitEvent());
        CloseLog();
        CleanUp();
        ConsiderLeaving();
    }

    private void CloseLog()
    {
        _log?.Dispose();
        _relay?.Dispose();
        (_log, _relay) = (null, null);
    }

    private ShimReply ExitEvent() => new()
    {
        Kind = ShimReplyKind.Exited,
        Code = _exit!.ExitCode,
        Flag = _exit.OutOfMemory,
        Time = _exit.FinishedAt.UtcTicks,
    };

    private void CleanUp()
    {
        try
        {
            _backend?.CleanUp();
        }
        catch (WharfException trouble)
        {
            // A cgroup that cannot be removed now must not cost the exit: it is found and removed when its id is used or swept.
            ErrorLog.Write($"clean-up of {_containerId}: {trouble.Message}");
        }
    }

    private Errno WriteState() => StateFile.Write(new ShimState
    {
        ContainerId = _containerId,
        ShimPid = ProcessCalls.OwnPid,
        ShimStart = ProcessStartTime.Of(ProcessCalls.OwnPid),
        Pid = _first.Pid,
        PidStart = _exit is null ? ProcessStartTime.Of(_first.Pid) : 0,
        Cgroup = _container.Cgroup?.Path ?? "",
        StartedAt = _startedAt,
        Exit = _exit,
    });

    // Called whenever something that keeps the shim here may have gone.
    private void ConsiderLeaving()
    {
        _farewells.RemoveAll(hub => !hub.HasClients);
        if (_first.IsRunning || _task is not null && _exit is null)
        {
            _leave.Cancel();
        }
        else if (_released)
        {
            _leave.Restart(_first.Hub.HasClients || _farewells.Count > 0 || _execs.Count > 0 ? _limits.Farewell : TimeSpan.Zero);
        }
        else if (_daemons.Count > 0)
        {
            _leave.Cancel();
        }
        else if (_exit is null || _beyondReach)
        {
            _leave.Restart(TimeSpan.Zero);
        }
        else if (_exitOnDisk && !_leave.IsArmed)
        {
            _leave.Restart(AfterEnd);
        }
    }

    private void Leave()
    {
        _first.Hub.CutClients();
        if (_released || _exit is null)
        {
            StateFile.RemoveDirectory();
        }

        _loop.Stop();
    }
}
