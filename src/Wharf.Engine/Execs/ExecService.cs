using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Wharf.Api.Containers;
using Wharf.Api.Execs;
using Wharf.Engine.Containers;
using Wharf.Engine.Containers.Lifecycle;
using Wharf.Engine.Launch;
using Wharf.Engine.Streams;
using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Shims;

namespace Wharf.Engine.Execs;

internal sealed class ExecService(EngineCore core, ExecProcess processes) : IExecService
{
    // How long and how many ended execs can still be asked about; Docker keeps them for five minutes at least.
    private static readonly TimeSpan KeptAfterEnd = TimeSpan.FromMinutes(5);
    private const int KeptPerContainer = 512;

    // A client asks for the exit code as soon as its stream ends. A process that closed its output and lives on is not waited for.
    private static readonly TimeSpan ExitFollowsOutput = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, ContainerExec> _execs = new(StringComparer.Ordinal);

    public Task<string> CreateAsync(string containerNameOrId, ExecCreateRequest request, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        Container container = core.Containers.Get(containerNameOrId);
        ContainerRecord record = Runnable(container, containerNameOrId);
        if (request.Cmd is null or [])
        {
            throw WharfException.Invalid("No exec command specified");
        }

        if (!string.IsNullOrEmpty(request.WorkingDir) && request.WorkingDir[0] != '/')
        {
            throw WharfException.Invalid($"Cwd must be an absolute path: {request.WorkingDir}");
        }

        _ = DetachKeys.Parse(request.DetachKeys ?? core.Options.DetachKeys);
        if (!string.IsNullOrEmpty(request.User))
        {
            // Who nobody knows is said now, as Docker does, and not on the stream of the start.
            _ = UserCache.ForExec(record.State.Pid, request.User, record.HostConfig.GroupAdd ?? []);
        }

        Forget(container);
        var exec = new ContainerExec(ObjectId.New(), record.Id, request);
        _execs[exec.Id] = exec;
        container.Execs[exec.Id] = exec;
        core.Events.Raise(record, "exec_create: " + string.Join(' ', request.Cmd), ("execID", exec.Id));
        return Task.FromResult(exec.Id);
    }

    public async Task<IStreamSession?> StartAsync(string execId, ExecStartRequest request, CancellationToken ct)
    {
        ContainerExec exec = Get(execId);
        Container container = core.Containers.Find(exec.ContainerId) ?? throw ContainerErrors.NoSuchContainer(exec.ContainerId);
        ContainerRecord record = Runnable(container, exec.ContainerId);
        Run run = container.Run ?? throw ContainerErrors.NotRunning(record.Id);
        if (!exec.TryClaimStart())
        {
            throw WharfException.Conflict(exec.Running ? $"exec {exec.Id} is already running" : $"exec {exec.Id} has already run");
        }

        ExecCreateRequest wanted = exec.Request;
        bool attached = !request.Detach && (wanted.AttachStdin || wanted.AttachStdout || wanted.AttachStderr);
        Socket? socket = null;
        try
        {
            if (attached)
            {
                socket = await run.Shim.AttachAsync(new ShimAttach(exec.Id, wanted.AttachStdin, wanted.AttachStdout, wanted.AttachStderr, request.Tty, run.Shim.TakesOutlets), ct);
            }

            core.Events.Raise(record, "exec_start: " + string.Join(' ', wanted.Cmd!), ("execID", exec.Id));
            ShimLaunchResult result = await LaunchAsync(exec, record, run, attached && wanted.AttachStdin, request.ConsoleSize ?? wanted.ConsoleSize);
            if (result.Error is null)
            {
                return attached ? Session(exec, container, request.Tty, socket!, run.Shim.TakesOutlets, null) : null;
            }

            exec.ExitCode = result.ExitCode;
            exec.EndedAt = core.Now;
            WharfException error = StartFailure.OfExec(result);
            throw error;
        }
        catch (WharfException e) when (attached)
        {
            // after the checks Docker answers an attached client on its stream
            socket?.Dispose();
            exec.ExitCode ??= 126;
            exec.EndedAt ??= core.Now;
            return Session(exec, container, request.Tty, null, false, e.Message + "\r\n");
        }
        catch
        {
            socket?.Dispose();
            exec.ExitCode ??= 126;
            exec.EndedAt ??= core.Now;
            throw;
        }
    }

    public ExecInspectResponse Inspect(string execId)
    {
        ContainerExec exec = Get(execId);
        ExecCreateRequest request = exec.Request;
        return new ExecInspectResponse
        {
            ID = exec.Id,
            Running = exec.Running,
            ExitCode = exec.Running ? null : exec.ExitCode,
            ProcessConfig = new ProcessConfig
            {
                Tty = request.Tty,
                Entrypoint = request.Cmd![0],
                Arguments = request.Cmd[1..],
                Privileged = request.Privileged,
                User = string.IsNullOrEmpty(request.User) ? null : request.User,
            },
            OpenStdin = request.AttachStdin,
            OpenStdout = request.AttachStdout,
            OpenStderr = request.AttachStderr,
            CanRemove = exec.EndedAt is not null,
            ContainerID = exec.ContainerId,
            DetachKeys = request.DetachKeys ?? "",
            Pid = exec.Pid,
        };
    }

    public async Task ResizeAsync(string execId, int width, int height, CancellationToken ct)
    {
        ContainerExec exec = Get(execId);
        if (!exec.Running || core.Containers.Find(exec.ContainerId)?.Run is not { } run)
        {
            throw WharfException.Conflict($"exec {exec.Id} is not running");
        }

        await run.Shim.ExecResizeAsync(exec.Id, width, height, ct);
    }

    private async Task<ShimLaunchResult> LaunchAsync(ContainerExec exec, ContainerRecord record, Run run, bool stdin, List<long>? size)
    {
        ShimExec process = processes.Build(exec.Id, record, new ExecWish
        {
            Arguments = exec.Request.Cmd!,
            Terminal = exec.Request.Tty,
            OpenStdin = stdin,
            Privileged = exec.Request.Privileged,
            User = exec.Request.User ?? "",
            WorkingDirectory = exec.Request.WorkingDir ?? "",
            Environment = exec.Request.Env ?? [],
            Console = size is [> 0 and var height, > 0 and var width] ? new ConsoleSize { Height = (ulong)height, Width = (ulong)width } : null,
        });
        ShimLaunchResult result = await run.Shim.ExecAsync(process, CancellationToken.None);
        if (result.Error is null)
        {
            exec.Pid = result.Pid;
            exec.Running = true;
            _ = Task.Run(() => FollowAsync(exec, run), CancellationToken.None);
        }

        return result;
    }

    private async Task FollowAsync(ContainerExec exec, Run run)
    {
        int code;
        try
        {
            // an exec does not outlive its container: the kernel has killed it with the pid namespace
            code = (await run.Shim.ExecExited(exec.Id).WaitAsync(run.Life.Token)).ExitCode;
        }
        catch (Exception e)
        {
            code = 137;
            if (e is not (OperationCanceledException or ObjectDisposedException))
            {
                core.Log.Warning($"the end of exec {exec.Id} is not known: {e.Message}");
            }
        }

        exec.ExitCode = code;
        exec.EndedAt = core.Now;
        exec.Running = false;
        exec.Ended.TrySetResult();
        if (core.Containers.Find(exec.ContainerId) is { } container)
        {
            core.Events.Raise(container.Current, "exec_die", ("execID", exec.Id), ("exitCode", code.ToString(CultureInfo.InvariantCulture)));
        }
    }

    // the form of the stream is what the start asks for, whether the process has a terminal or not
    private SocketSession Session(ContainerExec exec, Container container, bool raw, Socket? socket, bool outlet, string? error)
    {
        ExecCreateRequest request = exec.Request;
        byte[]? bytes = error is null ? null : raw ? Encoding.UTF8.GetBytes(error) : StreamFrame.Of(StreamFrame.Stdout, Encoding.UTF8.GetBytes(error));
        return new SocketSession
        {
            Raw = raw,
            Socket = socket,
            AwaitsOutlet = outlet,
            Keys = request.Tty && request.AttachStdin ? DetachKeys.Parse(request.DetachKeys ?? core.Options.DetachKeys) : null,
            Preamble = bytes is null ? null : async (output, token) => await output.WriteAsync(bytes, token),
            Finished = socket is null ? null : token => exec.Ended.Task.WaitAsync(ExitFollowsOutput, core.Clock, token).ContinueWith(static _ => { }, TaskScheduler.Default),
            Left = () => core.Events.Raise(container.Current, "exec_detach", ("execID", exec.Id)),
        };
    }

    private ContainerExec Get(string execId) => _execs.TryGetValue(execId, out ContainerExec? exec) && core.Containers.Find(exec.ContainerId)?.Execs.ContainsKey(execId) == true
        ? exec
        : throw WharfException.NotFound($"No such exec instance: {execId}");

    private static ContainerRecord Runnable(Container container, string name)
    {
        ContainerRecord record = container.Current;
        return record.State.Status switch
        {
            RunStatus.Running => record,
            RunStatus.Paused => throw ContainerErrors.PausedForExec(name),
            RunStatus.Restarting => throw ContainerErrors.Restarting(record.Id),
            _ => throw ContainerErrors.NotRunning(record.Id),
        };
    }

    // Bounded in time and number, so that a container with a busy probe does not fill the memory.
    private void Forget(Container container)
    {
        DateTimeOffset oldest = core.Now - KeptAfterEnd;
        int surplus = container.Execs.Count - KeptPerContainer;
        foreach (ContainerExec exec in container.Execs.Values)
        {
            if (exec.EndedAt is { } ended && (ended < oldest || surplus-- > 0))
            {
                container.Execs.TryRemove(exec.Id, out _);
                _execs.TryRemove(exec.Id, out _);
            }
        }
    }

    /// <summary>The container is gone, and its execs with it.</summary>
    public void ContainerRemoved(Container container)
    {
        foreach (string id in container.Execs.Keys)
        {
            _execs.TryRemove(id, out _);
        }
    }
}
