using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text.Json;
using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Seccomp;
using Wharf.Runtime.Shims.Protocol;

namespace Wharf.Runtime.Shims.Daemon;

/// <summary>
/// The daemon's end of one shim. When the connection breaks it connects again; when the shim is really gone, its container is ended too
/// (nobody would read its output or reap it), and <see cref="Exited"/> completes with what is on disk, or with 255.
/// </summary>
internal sealed class ShimHandle : IShim
{
    /// <summary>The exit code of a container whose shim was killed, so that nobody can know.</summary>
    public const int UnknownExitCode = 255;

    private const int VersionWithOutlets = 2, VersionWithFilters = 3;

    private readonly ShimFactory _factory;
    private readonly ShimDirectory _directory;
    private readonly ExecLedger _execs = new();
    private readonly TaskCompletionSource<ShimExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ShimConnection? _connection;
    private volatile bool _finished;
    private bool _takesFilters;

    private ShimHandle(ShimFactory factory, ShimDirectory directory, string containerId, int shimPid)
    {
        _factory = factory;
        _directory = directory;
        ContainerId = containerId;
        ShimPid = shimPid;
    }

    public event Action<IShim>? OutOfMemory;

    public string ContainerId { get; private set; }

    public int ShimPid { get; private set; }

    public int Pid { get; private set; }

    public bool IsConnected => _connection is not null;

    public Task<ShimExit> Exited => _exited.Task;

    /// <returns>Null when no shim answers in the directory.</returns>
    public static async Task<ShimHandle?> TryConnectAsync(ShimFactory factory, ShimDirectory directory, string containerId, int shimPid, CancellationToken ct)
    {
        var handle = new ShimHandle(factory, directory, containerId, shimPid);
        return await handle.TryOpenAsync(ct) ? handle : null;
    }

    public async Task AssignAsync(string containerId, CancellationToken ct)
    {
        await AskAsync(new ShimRequest { Kind = ShimRequestKind.Assign, Id = containerId }, ct);
        ContainerId = containerId;
    }

    public async Task<ShimLaunchResult> LaunchAsync(ShimTask task, CancellationToken ct)
    {
        // a bundle has the whole specification, for other runtimes and for hooks
        if (task.BundlePath is null && task.Spec.Linux is { } linux && FilterOf(linux.Seccomp) is { } filter)
        {
            task = task with { Filter = filter, Spec = task.Spec with { Linux = linux with { Seccomp = null } } };
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(task, ShimJson.Default.ShimTask);
        ShimLaunchResult result = Launched(await AskAsync(new ShimRequest { Kind = ShimRequestKind.Launch, Payload = json }, ct));
        Pid = result.Pid;
        return result;
    }

    public async Task<ShimLaunchResult> ExecAsync(ShimExec exec, CancellationToken ct)
    {
        if (FilterOf(exec.Seccomp) is { } filter)
        {
            exec = exec with { Filter = filter, Seccomp = null };
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(exec, ShimJson.Default.ShimExec);
        try
        {
            ShimLaunchResult result = Launched(await AskAsync(new ShimRequest { Kind = ShimRequestKind.Exec, Payload = json }, ct));
            if (result.Error is not null)
            {
                _execs.Forget(exec.ExecId);
            }

            return result;
        }
        catch (WharfException)
        {
            _execs.Forget(exec.ExecId);
            throw;
        }
    }

    public bool TakesOutlets { get; private set; }

    public async Task<Socket> AttachAsync(ShimAttach attach, CancellationToken ct)
    {
        Socket socket = await _directory.TryConnectAsync(ct) ?? throw WharfException.Unavailable($"the shim of container {ContainerId} has gone");
        try
        {
            ShimAttachFlags flags = (attach.Stdin ? ShimAttachFlags.Stdin : 0) | (attach.Stdout ? ShimAttachFlags.Stdout : 0) | (attach.Stderr ? ShimAttachFlags.Stderr : 0)
                | (attach.Tty ? ShimAttachFlags.Raw : ShimAttachFlags.Framed) | (attach.Outlet ? ShimAttachFlags.Outlet : 0);
            var request = new ShimRequest { Kind = ShimRequestKind.Attach, Sequence = 1, Id = attach.ExecId ?? "", First = (int)flags };
            await ShimConnection.SendAllAsync(socket, ShimWire.Encode(request));
            ShimConnection.ThrowIfError(await ReceiveOneAsync(socket, ct));
            return socket;
        }
        catch (Exception trouble)
        {
            socket.Dispose();
            throw trouble is SocketException ? WharfException.Unavailable($"the shim of container {ContainerId} has gone", trouble) : trouble;
        }
    }

    public Task SignalAsync(int signal, bool all, CancellationToken ct) =>
        AskAsync(new ShimRequest { Kind = ShimRequestKind.Signal, First = signal, Second = all ? 1 : 0 }, ct);

    public Task PauseAsync(CancellationToken ct) => AskAsync(new ShimRequest { Kind = ShimRequestKind.Pause }, ct);

    public Task ResumeAsync(CancellationToken ct) => AskAsync(new ShimRequest { Kind = ShimRequestKind.Resume }, ct);

    public Task ResizeAsync(int width, int height, CancellationToken ct) => ExecResizeAsync("", width, height, ct);

    public Task ExecResizeAsync(string execId, int width, int height, CancellationToken ct) =>
        AskAsync(new ShimRequest { Kind = ShimRequestKind.Resize, Id = execId, First = width, Second = height }, ct);

    public Task ExecSignalAsync(string execId, int signal, CancellationToken ct) =>
        AskAsync(new ShimRequest { Kind = ShimRequestKind.ExecSignal, Id = execId, First = signal }, ct);

    public Task UpdateAsync(LinuxResources resources, CancellationToken ct) => AskAsync(new ShimRequest
    {
        Kind = ShimRequestKind.Update,
        Payload = JsonSerializer.SerializeToUtf8Bytes(resources, ShimJson.Default.LinuxResources),
    }, ct);

    public async Task<IReadOnlyList<int>> PidsAsync(CancellationToken ct) =>
        (await AskAsync(new ShimRequest { Kind = ShimRequestKind.Pids }, ct)).Numbers;

    public Task<ShimExit> ExecExited(string execId) => _execs.Of(execId);

    public async Task ReleaseAsync(CancellationToken ct)
    {
        _finished = true;
        try
        {
            if (_connection is { } connection)
            {
                await connection.AskAsync(new ShimRequest { Kind = ShimRequestKind.Release }, ct);
                _factory.MoveAway(ContainerId);
            }
        }
        catch (WharfException gone) when (gone.Kind == ErrorKind.Unavailable)
        {
            // it left by itself after the end of its container
        }
        catch
        {
            _finished = false;
            throw;
        }

        _factory.Discard(ContainerId);
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _finished = true;
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            await connection.DisposeAsync();
            _factory.Reap(ShimPid);
        }

        _directory.Dispose();
        _factory.Forget(this);
    }

    private SeccompProgram? FilterOf(LinuxSeccomp? profile)
    {
        try
        {
            return _takesFilters && profile is not null ? SeccompProgram.Of(profile) : null;
        }
        catch (WharfException)
        {
            // it goes as it is: the shim says what is wrong, as it does of all that cannot be launched
            return null;
        }
    }

    private async Task<ShimReply> AskAsync(ShimRequest request, CancellationToken ct)
    {
        ShimConnection connection = _connection ?? throw WharfException.Unavailable($"the shim of container {ContainerId} has gone");
        return await connection.AskAsync(request, ct);
    }

    private async Task<bool> TryOpenAsync(CancellationToken ct)
    {
        if (await _directory.TryConnectAsync(ct) is not { } socket)
        {
            return false;
        }

        var connection = new ShimConnection(socket, Happened, () => _ = Task.Run(LostAsync, CancellationToken.None));
        _connection = connection;
        try
        {
            ShimReply state = await connection.AskAsync(new ShimRequest { Kind = ShimRequestKind.Hello, First = ShimWire.Version }, ct);
            Pid = state.Pid;
            TakesOutlets = state.Code >= VersionWithOutlets;
            _takesFilters = state.Code >= VersionWithFilters;
            ShimPid = state.Numbers.Count > 0 ? state.Numbers[0] : ShimPid;
            return true;
        }
        catch (WharfException gone) when (gone.Kind == ErrorKind.Unavailable)
        {
            _connection = null;
            await connection.DisposeAsync();
            return false;
        }
        catch
        {
            _connection = null;
            await connection.DisposeAsync();
            throw;
        }
    }

    private void Happened(ShimReply news)
    {
        if (news.Kind == ShimReplyKind.OutOfMemory)
        {
            OutOfMemory?.Invoke(this);
        }
        else if (news.Kind == ShimReplyKind.Exited)
        {
            var exit = new ShimExit(news.Code, news.Flag, new DateTimeOffset(news.Time, TimeSpan.Zero));
            if (news.Id.Length > 0)
            {
                _execs.Ended(news.Id, exit);
            }
            else
            {
                _execs.EndAll(exit);
                _exited.TrySetResult(exit);
            }
        }
    }

    // The connection is over and nobody here asked for that.
    private async Task LostAsync()
    {
        if (_finished || _connection is null || _exited.Task.IsCompleted)
        {
            return;
        }

        try
        {
            if (await TryOpenAsync(CancellationToken.None))
            {
                return;
            }

            _connection = null;
            ShimExit exit = await _factory.BuryAsync(_directory) ?? new ShimExit(UnknownExitCode, false, DateTimeOffset.UtcNow);
            _factory.Reap(ShimPid);
            _execs.EndAll(exit);
            _exited.TrySetResult(exit);
        }
        catch (Exception trouble)
        {
            _factory.Tell($"container {ContainerId}: its shim is gone, and what it left could not be ended: {trouble.Message}");
            _exited.TrySetResult(new ShimExit(UnknownExitCode, false, DateTimeOffset.UtcNow));
        }
    }

    private static ShimLaunchResult Launched(ShimReply reply) => new(
        reply.Pid,
        reply.Time == 0 ? default : new DateTimeOffset(reply.Time, TimeSpan.Zero),
        reply.Text.Length > 0 ? reply.Text : null,
        reply.Code,
        reply.Names.Count > 0 ? reply.Names : null);

    // Exactly one frame: what follows it is the process's output.
    private static async Task<ShimReply> ReceiveOneAsync(Socket socket, CancellationToken ct)
    {
        byte[] length = new byte[ShimWire.LengthSize];
        await ReceiveExactlyAsync(socket, length, ct);
        int size = BinaryPrimitives.ReadInt32LittleEndian(length);
        if (size is < 5 or > ShimWire.MaxFrame)
        {
            throw WharfException.DataLoss("frame length out of bounds");
        }

        byte[] body = new byte[size];
        await ReceiveExactlyAsync(socket, body, ct);
        return ShimWire.DecodeReply(body);
    }

    private static async Task ReceiveExactlyAsync(Socket socket, Memory<byte> buffer, CancellationToken ct)
    {
        while (buffer.Length > 0)
        {
            int count = await socket.ReceiveAsync(buffer, SocketFlags.None, ct);
            buffer = count > 0 ? buffer[count..] : throw WharfException.Unavailable("the shim has gone");
        }
    }
}
