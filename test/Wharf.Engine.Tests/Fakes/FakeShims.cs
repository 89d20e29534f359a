using System.Collections.Concurrent;
using System.Net.Sockets;
using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Runtime.Shims;

namespace Wharf.Engine.Tests.Fakes;

/// <summary>Shims without processes: a test ends, kills and loses them at will. They outlive an engine, as real ones do.</summary>
internal sealed class FakeShims : IShimFactory
{
    public ConcurrentDictionary<string, FakeShim> Live { get; } = new();

    public ConcurrentDictionary<string, ShimExit> Recorded { get; } = new();

    public ConcurrentQueue<FakeShim> Made { get; } = new();

    /// <summary>What the next launches answer instead of success.</summary>
    public ShimLaunchResult? Refusal { get; set; }

    public Task<IShim> AcquireAsync(string containerId, CancellationToken ct)
    {
        var shim = new FakeShim(this, containerId);
        Made.Enqueue(shim);
        return Task.FromResult<IShim>(shim);
    }

    public Task<IShim?> ReconnectAsync(string containerId, CancellationToken ct) => Task.FromResult<IShim?>(Live.GetValueOrDefault(containerId));

    public ShimExit? ReadRecordedExit(string containerId) => Recorded.GetValueOrDefault(containerId);

    public IReadOnlyList<string> RecordedContainers() => [.. Live.Keys, .. Recorded.Keys];

    public void Discard(string containerId) => Recorded.TryRemove(containerId, out _);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // a process that exists: execs look into its root
    public int NextPid() => Environment.ProcessId;
}

internal sealed class FakeShim(FakeShims factory, string containerId) : IShim
{
    private readonly TaskCompletionSource<ShimExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<ShimExit>> _execs = new();
    private Socket? _stream;

    public event Action<IShim>? OutOfMemory;

    public string ContainerId => containerId;

    public int ShimPid => 1;

    public int Pid { get; private set; }

    public ShimTask? Launched { get; private set; }

    public ConcurrentQueue<int> Signals { get; } = new();

    /// <summary>Signals that end the process; SIGKILL always does.</summary>
    public bool IgnoresTerm { get; set; }

    public bool Paused { get; private set; }

    public bool Released { get; private set; }

    public bool Disposed { get; private set; }

    public LinuxResources? Updated { get; private set; }

    public Task<ShimExit> Exited => _exited.Task;

    public Task<ShimLaunchResult> LaunchAsync(ShimTask task, CancellationToken ct)
    {
        Launched = task;
        if (factory.Refusal is { } refusal)
        {
            return Task.FromResult(refusal);
        }

        Pid = factory.NextPid();
        factory.Live[containerId] = this;
        return Task.FromResult(new ShimLaunchResult(Pid, DateTimeOffset.UtcNow));
    }

    public void Exit(int code, bool oom = false)
    {
        if (oom)
        {
            OutOfMemory?.Invoke(this);
        }

        factory.Live.TryRemove(containerId, out _);
        _exited.TrySetResult(new ShimExit(code, oom, DateTimeOffset.UtcNow));
    }

    public void Lose()
    {
        factory.Live.TryRemove(containerId, out _);
        _exited.TrySetException(new IOException("the shim went away"));
    }

    public Task SignalAsync(int signal, bool all, CancellationToken ct)
    {
        Signals.Enqueue(signal);
        if (signal == Signal.Kill || (signal == Signal.Terminate && !IgnoresTerm))
        {
            Exit(128 + signal);
        }

        return Task.CompletedTask;
    }

    public Task PauseAsync(CancellationToken ct)
    {
        Paused = true;
        return Task.CompletedTask;
    }

    public Task ResumeAsync(CancellationToken ct)
    {
        Paused = false;
        return Task.CompletedTask;
    }

    public Task UpdateAsync(LinuxResources resources, CancellationToken ct)
    {
        Updated = resources;
        return Task.CompletedTask;
    }

    public Task ReleaseAsync(CancellationToken ct)
    {
        Released = true;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return ValueTask.CompletedTask;
    }

    /// <summary>What the next exec answers instead of success.</summary>
    public ShimLaunchResult? ExecRefusal { get; set; }

    public ShimExec? LastExec { get; private set; }

    public bool TakesOutlets => false;

    public Task<Socket> AttachAsync(ShimAttach attach, CancellationToken ct)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(path));
        _stream = listener.Accept();
        File.Delete(path);
        return Task.FromResult(client);
    }

    public void ExecOutput(string text) => _stream!.Send(System.Text.Encoding.UTF8.GetBytes(text));

    public void ExecClose() => _stream!.Dispose();

    /// <summary>What came on the last stream so far.</summary>
    public string Typed()
    {
        byte[] buffer = new byte[1024];
        return System.Text.Encoding.UTF8.GetString(buffer, 0, _stream!.Receive(buffer));
    }

    public void ExecExit(string execId, int code) => Exec(execId).TrySetResult(new ShimExit(code, false, DateTimeOffset.UtcNow));

    public Task<ShimLaunchResult> ExecAsync(ShimExec exec, CancellationToken ct)
    {
        LastExec = exec;
        return Task.FromResult(ExecRefusal ?? new ShimLaunchResult(factory.NextPid(), DateTimeOffset.UtcNow));
    }

    public Task<ShimExit> ExecExited(string execId) => Exec(execId).Task;

    public Task ResizeAsync(int width, int height, CancellationToken ct) => Task.CompletedTask;

    public Task ExecResizeAsync(string execId, int width, int height, CancellationToken ct) => Task.CompletedTask;

    public Task ExecSignalAsync(string execId, int signal, CancellationToken ct)
    {
        ExecExit(execId, 128 + signal);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<int>> PidsAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<int>>([Pid]);

    private TaskCompletionSource<ShimExit> Exec(string id) => _execs.GetOrAdd(id, _ => new TaskCompletionSource<ShimExit>(TaskCreationOptions.RunContinuationsAsynchronously));
}
