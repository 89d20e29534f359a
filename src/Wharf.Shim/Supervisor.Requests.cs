using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;
using Wharf.Runtime.Launch;
using Wharf.Runtime.Logging;
using Wharf.Runtime.Shims;
using Wharf.Runtime.Shims.Protocol;
using Wharf.Runtime.Shims.Reading;
using Wharf.Shim.Control;
using Wharf.Shim.Logs;
using Wharf.Shim.Processes;
using Wharf.Shim.Streams;

namespace Wharf.Shim;

internal sealed partial class Supervisor
{
    public void Handle(ControlConnection connection, ShimRequest request)
    {
        switch (request.Kind)
        {
            case ShimRequestKind.Hello:
                Hello(connection, request);
                break;
            case ShimRequestKind.Assign:
                Assign(request.Id);
                connection.Done(request);
                break;
            case ShimRequestKind.Attach:
                Attach(connection, request);
                break;
            case ShimRequestKind.Launch:
                Launch(connection, request);
                break;
            case ShimRequestKind.Exec:
                Exec(connection, request);
                break;
            case ShimRequestKind.Pids:
                connection.Send(new ShimReply { Kind = ShimReplyKind.Pids, Sequence = request.Sequence, Numbers = Pids() });
                break;
            case ShimRequestKind.Release:
                Release(connection, request);
                break;
            default:
                Control(request);
                connection.Done(request);
                break;
        }
    }

    // A foreign runtime may have been told to leave cgroups alone: then the container's first process is what is known of it.
    private IReadOnlyList<int> Pids() => _container.Cgroup?.Pids() is { Count: > 0 } members ? members : _container.Pid > 0 ? [_container.Pid] : [];

    private void Control(ShimRequest request)
    {
        switch (request.Kind)
        {
            case ShimRequestKind.Signal:
                SignalContainer(request.First, all: request.Second != 0);
                break;
            case ShimRequestKind.ExecSignal:
                ProcessCalls.Kill(RunningExec(request.Id).Pid, request.First).ThrowIfError("kill", request.Id);
                break;
            case ShimRequestKind.Pause:
                RunningCgroup().Freeze();
                break;
            case ShimRequestKind.Resume:
                RunningCgroup().Thaw();
                break;
            case ShimRequestKind.Update:
                Update(request.Payload);
                break;
            case ShimRequestKind.Resize:
                Resize(request.Id.Length == 0 ? Running() : RunningExec(request.Id), request.First, request.Second);
                break;
            default:
                throw WharfException.Unsupported($"this shim does not know request {(byte)request.Kind}: it is older than the daemon");
        }
    }

    private void Hello(ControlConnection connection, ShimRequest request)
    {
        if (!connection.IsDaemon)
        {
            connection.IsDaemon = true;
            _daemons.Add(connection);
            ConsiderLeaving();
        }

        connection.Send(new ShimReply
        {
            Kind = ShimReplyKind.State,
            Sequence = request.Sequence,
            Id = _containerId,
            Code = ShimWire.Version,
            Pid = _first.Pid,
            Time = _startedAt == default ? 0 : _startedAt.UtcTicks,
            Numbers = [ProcessCalls.OwnPid],
            Names = [.. _execs.Keys],
        });
        foreach (ShimReply ended in _endedExecs)
        {
            connection.Send(ended);
        }

        if (_exit is not null)
        {
            connection.Send(ExitEvent());
        }
    }

    private void Assign(string containerId)
    {
        if (_containerId.Length > 0 && _containerId != containerId)
        {
            throw WharfException.Conflict($"this shim belongs to container {_containerId}");
        }

        _containerId = containerId;
    }

    private void Attach(ControlConnection connection, ShimRequest request)
    {
        StdioHub hub = request.Id.Length == 0 ? _first.Hub : ExecHub(request.Id);
        connection.Done(request);
        if (connection.IsClosed)
        {
            return;
        }

        SafeFileHandle socket = connection.Detach();
        if (hub.Attach(socket, (ShimAttachFlags)request.First) is null)
        {
            socket.Dispose(); // too many clients: this one sees its end at once
        }
    }

    private StdioHub ExecHub(string id)
    {
        if (_execs.TryGetValue(id, out ShimProcess? running))
        {
            return running.Hub;
        }

        if (_expectedExecs.TryGetValue(id, out StdioHub? expected))
        {
            return expected;
        }

        foreach (ShimReply ended in _endedExecs)
        {
            if (ended.Id == id)
            {
                throw WharfException.Conflict($"exec {id} has ended");
            }
        }

        RefuseTooManyExecs();
        var hub = NewHub();
        hub.ClientGone = () =>
        {
            // Clients that came for an exec which was never started leave nothing behind.
            if (!hub.HasClients && !hub.IsStarted)
            {
                _expectedExecs.Remove(id);
            }
        };
        _expectedExecs[id] = hub;
        return hub;
    }

    private void RefuseTooManyExecs()
    {
        if (_execs.Count + _expectedExecs.Count >= MaxExecs)
        {
            throw WharfException.Unavailable($"container {_containerId} has {MaxExecs} execs already");
        }
    }

    private void Launch(ControlConnection connection, ShimRequest request)
    {
        if (_task is not null || _first.Pid != 0)
        {
            throw WharfException.Conflict($"container {_containerId} has been started by this shim already");
        }

        _buffers.Touch();
        ShimTask task = ShimJsonReader.Task(request.Payload);
        Assign(task.ContainerId);
        _task = task;
        StdioPipes? pipes = null;
        try
        {
            _backend = _backends(task, _container);
            OpenLog(task.Log, request.Payload);
            pipes = task.Spec.Process?.Terminal == true ? null : new StdioPipes(task.OpenStdin);
            _backend.Start(task, request.Payload, pipes?.Theirs ?? StdioDescriptors.None, result => FirstStarted(result, pipes, connection, request));
        }
        catch (Exception trouble)
        {
            LaunchFailed(pipes, connection, request, new LaunchFailure(trouble.Message, 128));
        }
    }

    private void OpenLog(ShimLog log, ReadOnlyMemory<byte> task)
    {
        if (log.MaxBuffer > 0 && log.Driver != "none")
        {
            _relay = new LogRelay(_loop, _reaper, ShimJsonReader.Extract(task, "log"), log.MaxBuffer);
        }
        else
        {
            _log = ContainerLog.Open(log);
        }
    }

    private void Exec(ControlConnection connection, ShimRequest request)
    {
        _buffers.Touch();
        ShimExec exec = ShimJsonReader.Exec(request.Payload);
        Running();
        if (_container.Cgroup is { IsFrozen: true })
        {
            // the new process would freeze before it could execute, and we, who wait for that, could not be told to thaw it
            throw WharfException.Conflict($"Container {_containerId} is paused, unpause the container before exec");
        }

        if (_execs.ContainsKey(exec.ExecId))
        {
            throw WharfException.Conflict($"exec {exec.ExecId} has been started already");
        }

        if (!_expectedExecs.Remove(exec.ExecId, out StdioHub? hub))
        {
            RefuseTooManyExecs();
            hub = NewHub();
        }

        hub.ClientGone = ConsiderLeaving;
        var process = new ShimProcess(exec.ExecId, hub, _loop, ExecCompleted);
        _execs[exec.ExecId] = process;
        StdioPipes? pipes = null;
        try
        {
            pipes = exec.Process.Terminal ? null : new StdioPipes(exec.OpenStdin);
            _backend!.Exec(exec, request.Payload, pipes?.Theirs ?? StdioDescriptors.None, result => ExecStarted(process, exec, result, pipes, connection, request));
        }
        catch (Exception trouble)
        {
            ExecFailed(process, pipes, connection, request, new LaunchFailure(trouble.Message, 128));
        }
    }

    private void ExecStarted(ShimProcess process, ShimExec exec, LaunchResult result, StdioPipes? pipes, ControlConnection connection, ShimRequest request)
    {
        pipes?.CloseTheirs();
        if (result.Failure is { } failure)
        {
            ExecFailed(process, pipes, connection, request, failure);
            return;
        }

        process.Pid = result.Pid;
        process.PidFd = result.PidFd;
        connection.Send(Launched(request, result));
        StartStreams(process, pipes, result.Console, exec.OpenStdin, stdinOnce: true, log: null);
        if (_backend!.StartsForeignProcesses)
        {
            _reaper.AwaitForeign(result.Pid, process.Ended);
        }
        else
        {
            _reaper.Await(result.Pid, process.Ended);
        }
    }

    private void ExecFailed(ShimProcess process, StdioPipes? pipes, ControlConnection connection, ShimRequest request, LaunchFailure failure)
    {
        pipes?.Dispose();
        _execs.Remove(process.Id);
        process.Hub.Finish();
        connection.Send(new ShimReply { Kind = ShimReplyKind.Launched, Sequence = request.Sequence, Text = failure.Message, Code = failure.ExitCode });
    }

    private void ExecCompleted(ShimProcess process)
    {
        _execs.Remove(process.Id);
        if (process.Hub.HasClients)
        {
            _farewells.Add(process.Hub);
        }

        var ended = new ShimReply
        {
            Kind = ShimReplyKind.Exited,
            Id = process.Id,
            Code = process.ExitCode,
            Time = process.FinishedAt.Ticks,
        };
        if (_endedExecs.Count == RememberedExecs)
        {
            _endedExecs.Dequeue();
        }

        _endedExecs.Enqueue(ended);
        Tell(ended);
        ConsiderLeaving();
    }

    private void SignalContainer(int signal, bool all)
    {
        ShimProcess first = Running();
        if (all)
        {
            RunningCgroup().SignalAll(signal);
        }
        else
        {
            ProcessCalls.Kill(first.Pid, signal).ThrowIfError("kill", _containerId);
        }

        // A frozen process of a v1 cgroup does not even die.
        if (signal == Signal.Kill && _container.Cgroup is { IsFrozen: true } frozen)
        {
            frozen.Thaw();
        }
    }

    // What cannot be had is an error here: whoever changes one limit wants that one.
    private void Update(ReadOnlyMemory<byte> json)
    {
        List<string> problems = [];
        RunningCgroup().Apply(ShimJsonReader.Resources(json), problems);
        if (problems.Count > 0)
        {
            throw WharfException.Unsupported(string.Join("; ", problems));
        }
    }

    private static void Resize(ShimProcess process, int width, int height)
    {
        // As in containerd's shim, a process without a terminal has every size.
        if (process.Terminal is not { } terminal)
        {
            return;
        }

        TerminalCalls.SetSize(terminal, new WindowSize((ushort)height, (ushort)width)).ThrowIfError("resize", "terminal");
    }

    private void Release(ControlConnection connection, ShimRequest request)
    {
        if (_first.IsRunning || (_task is not null && _exit is null))
        {
            throw WharfException.Conflict($"container {_containerId} is still running");
        }

        _released = true;
        connection.Done(request);
        ConsiderLeaving();
    }

    private ShimProcess Running() => _first.IsRunning ? _first : throw WharfException.Conflict($"container {_containerId} is not running");

    private Runtime.Cgroups.ContainerCgroup RunningCgroup()
    {
        Running();
        return _container.Cgroup ?? throw WharfException.Conflict($"container {_containerId} has no cgroup");
    }

    private ShimProcess RunningExec(string id) =>
        _execs.TryGetValue(id, out ShimProcess? exec) && exec.IsRunning ? exec : throw WharfException.NotFound($"exec {id} is not running");
}
