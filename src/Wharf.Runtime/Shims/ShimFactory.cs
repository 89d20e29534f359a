using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;
using Wharf.Runtime.Cgroups;
using Wharf.Runtime.Shims.Daemon;

namespace Wharf.Runtime.Shims;

/// <summary>
/// Starts shims ahead of need and hands them out, finds those that outlived a daemon, and clears up after shims that were killed.
/// Directories below EXECROOT/shims: "warm-X" before a shim has a container, then the container's id, "gone-X" while a released one leaves.
/// </summary>
public sealed class ShimFactory : IShimFactory
{
    private const string WarmPrefix = "warm-";
    private const string GonePrefix = "gone-";
    private const int KillPatience = 10_000;

    private readonly ShimFactoryOptions _options;
    private readonly string _root;
    private readonly ShimProgram _program;
    private readonly WarmShims _warm;
    private readonly ShimReaper _reaper = new();
    private readonly Lock _lock = new();
    private readonly HashSet<ShimHandle> _handles = [];

    // Directories of shims that are being started or wait: a sweep that sees one before its socket listens must leave it alone.
    private readonly ConcurrentDictionary<string, bool> _warmDirectories = new(StringComparer.Ordinal);

    /// <exception cref="WharfException">Where the program cannot be read or the directory cannot be made.</exception>
    public ShimFactory(ShimFactoryOptions options)
    {
        _options = options;
        _root = Path.Combine(Path.GetFullPath(options.ExecRoot), "shims");
        Directory.CreateDirectory(_root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        NameCalls.ChangeMode(FileCalls.CurrentDirectory, _root, 0x1C0).ThrowIfError("chmod", _root); // 0700, whatever was there before
        _program = new ShimProgram(options.ShimPath);
        _warm = new WarmShims(options.WarmCount, StartAsync, Tell);
        _ = Task.Run(SweepAsync);
    }

    /// <summary>Starts, in the background, the shims that the first containers will take; for when the daemon has nothing more urgent to do.</summary>
    public void Prepare() => _warm.Refill();

    public async Task<IShim> AcquireAsync(string containerId, CancellationToken ct)
    {
        string directory = DirectoryOf(containerId);
        if (Directory.Exists(directory))
        {
            await RefuseIfAliveAsync(containerId, ct);
            Discard(containerId);
        }

        WarmShim warm = await _warm.TakeAsync(ct);
        try
        {
            await warm.Handle.AssignAsync(containerId, ct);
            NameCalls.Rename(FileCalls.CurrentDirectory, warm.Directory, FileCalls.CurrentDirectory, directory).ThrowIfError("rename", directory);
            _warmDirectories.TryRemove(warm.Directory, out _);
        }
        catch
        {
            _warmDirectories.TryRemove(warm.Directory, out _);
            await warm.Handle.DisposeAsync();
            throw;
        }

        lock (_lock)
        {
            _handles.Add(warm.Handle);
        }

        return warm.Handle;
    }

    public async Task<IShim?> ReconnectAsync(string containerId, CancellationToken ct)
    {
        if (ShimDirectory.TryOpen(DirectoryOf(containerId)) is not { } directory)
        {
            return null;
        }

        int shimPid = directory.ReadState()?.ShimPid ?? 0;
        if (await ShimHandle.TryConnectAsync(this, directory, containerId, shimPid, ct) is { } handle)
        {
            lock (_lock)
            {
                _handles.Add(handle);
            }

            return handle;
        }

        using (directory)
        {
            await BuryAsync(directory);
        }

        return null;
    }

    public ShimExit? ReadRecordedExit(string containerId)
    {
        using ShimDirectory? directory = ShimDirectory.TryOpen(DirectoryOf(containerId));
        return directory?.ReadState()?.Exit;
    }

    public IReadOnlyList<string> RecordedContainers() =>
        [.. Directory.EnumerateDirectories(_root).Select(Path.GetFileName).OfType<string>().Where(name => !IsOurs(name)).Order(StringComparer.Ordinal)];

    public void Discard(string containerId)
    {
        MoveAway(containerId);
        _ = Task.Run(SweepAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _warm.DisposeAsync();
        ShimHandle[] handles;
        lock (_lock)
        {
            handles = [.. _handles];
        }

        foreach (ShimHandle handle in handles)
        {
            await handle.DisposeAsync();
        }

        await _reaper.DisposeAsync();
        _program.Dispose();
    }

    /// <summary>Frees a container's name at once; the directory goes with its shim, or with the next sweep.</summary>
    internal void MoveAway(string containerId)
    {
        string away = Path.Combine(_root, GonePrefix + ObjectId.Shorten(ObjectId.New()));
        Errno errno = NameCalls.Rename(FileCalls.CurrentDirectory, DirectoryOf(containerId), FileCalls.CurrentDirectory, away);
        if (errno != Errno.ENOENT)
        {
            errno.ThrowIfError("rename", DirectoryOf(containerId));
        }
    }

    internal void Forget(ShimHandle handle)
    {
        lock (_lock)
        {
            _handles.Remove(handle);
        }
    }

    internal void Reap(int shimPid) => _reaper.Add(shimPid);

    internal void Tell(string trouble) => _options.Trouble?.Invoke(trouble);

    /// <summary>Ends what a dead shim's container left running: without its shim nobody reads its output or learns of its exit.</summary>
    /// <returns>The exit, when the shim had recorded one before it died.</returns>
    internal async Task<ShimExit?> BuryAsync(ShimDirectory directory)
    {
        if (directory.ReadState() is not { } state || state.Exit is not null || state.Pid == 0)
        {
            return directory.ReadState()?.Exit;
        }

        await Task.Run(() => EndProcesses(state));
        return null;
    }

    private static void EndProcesses(ShimState state)
    {
        if (ProcessCalls.OpenPid(state.Pid, out var pidfd) == Errno.None)
        {
            using (pidfd)
            {
                // The descriptor first, then the look at who it is: the pid cannot change hands between the two.
                if (ProcessStartTime.Of(state.Pid) == state.PidStart && ProcessCalls.SendSignal(pidfd, Signal.Kill) == Errno.None)
                {
                    AwaitEnd(pidfd);
                }
            }
        }

        if (state.Cgroup.Length > 1)
        {
            var cgroup = ContainerCgroup.Open(state.Cgroup, state.ContainerId);
            cgroup.SignalAll(Signal.Kill);
            cgroup.Delete();
        }
    }

    // In short waits: the runtime's own signals end a poll early.
    private static void AwaitEnd(SafeFileHandle pidfd)
    {
        long until = Environment.TickCount64 + KillPatience;
        while (!EventCalls.WaitReadable(pidfd, 100) && Environment.TickCount64 < until)
        {
        }
    }

    private async Task RefuseIfAliveAsync(string containerId, CancellationToken ct)
    {
        using ShimDirectory? directory = ShimDirectory.TryOpen(DirectoryOf(containerId));
        if (directory is null)
        {
            return;
        }

        if (await directory.TryConnectAsync(ct) is { } socket)
        {
            socket.Dispose();
            throw WharfException.Conflict($"container {containerId} has a shim already");
        }

        await BuryAsync(directory);
    }

    // Not cancellable: half a start would leave a shim behind that nobody knows.
    private async Task<WarmShim> StartAsync()
    {
        string path = Path.Combine(_root, WarmPrefix + ObjectId.Shorten(ObjectId.New()));
        _warmDirectories[path] = true;
        try
        {
            int pid = StartIn(path);
            ShimCgroup.Enter(_options.ShimCgroup, pid);
            ShimDirectory directory = ShimDirectory.TryOpen(path) ?? throw WharfException.Internal($"{path} vanished");
            return await ShimHandle.TryConnectAsync(this, directory, "", pid, CancellationToken.None) is { } handle
                ? new WarmShim(handle, path)
                : throw WharfException.Unavailable($"the shim did not start: {ReadErrors(path)}");
        }
        catch
        {
            // whatever runs there is the next sweep's
            _warmDirectories.TryRemove(path, out _);
            throw;
        }
    }

    private int StartIn(string path)
    {
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            return _program.Start(path);
        }
        catch
        {
            Directory.Delete(path, recursive: true);
            throw;
        }
    }

    private static string ReadErrors(string path) =>
        SmallFile.TryRead(Path.Combine(path, Protocol.ShimWire.ErrorLogName), out string text) == Errno.None && text.Length > 0 ? text.Trim() : "it left no message";

    // Removes directories of shims that never got a container or have been released, once nobody listens in them.
    private async Task SweepAsync()
    {
        try
        {
            foreach (string path in Directory.EnumerateDirectories(_root).Where(p => IsOurs(Path.GetFileName(p))))
            {
                using ShimDirectory? directory = ShimDirectory.TryOpen(path);
                if (directory is null || _warmDirectories.ContainsKey(path) || await directory.TryConnectAsync(CancellationToken.None) is { } alive && Close(alive))
                {
                    continue;
                }

                Directory.Delete(path, recursive: true);
            }
        }
        catch (Exception trouble) when (trouble is IOException or WharfException or UnauthorizedAccessException)
        {
            // A shim removed its own directory while we looked at it; what is left is found at the next sweep.
            if (trouble is not DirectoryNotFoundException)
            {
                Tell($"clearing {_root}: {trouble.Message}");
            }
        }
    }

    private static bool Close(System.Net.Sockets.Socket socket)
    {
        socket.Dispose();
        return true;
    }

    private static bool IsOurs(string name) =>
        name.StartsWith(WarmPrefix, StringComparison.Ordinal) || name.StartsWith(GonePrefix, StringComparison.Ordinal);

    // An id is one path component: it comes from the engine, but a slash in it would lead anywhere.
    private string DirectoryOf(string containerId) =>
        containerId.Length > 0 && !containerId.Contains('/') && containerId is not ("." or "..") && !IsOurs(containerId)
            ? Path.Combine(_root, containerId)
            : throw WharfException.Invalid($"invalid container id \"{containerId}\"");
}
