using System.Net.Sockets;

namespace Wharf.Runtime.Shims;

/// <summary>One container's shim: parent of its processes, owner of its stdio and log, keeper of its exit status.</summary>
public interface IShim : IAsyncDisposable
{
    string ContainerId { get; }

    int ShimPid { get; }

    /// <summary>The container's first process as the host sees it; 0 before a successful launch.</summary>
    int Pid { get; }

    /// <summary>Starts the container's process. A failure is an answer, not an exception; then the shim can be disposed.</summary>
    Task<ShimLaunchResult> LaunchAsync(ShimTask task, CancellationToken ct);

    /// <summary>
    /// Opens a stream to the container's stdio. What comes from the socket is already in Docker's wire form: raw bytes with a terminal, frames of 8-byte header
    /// and payload (stream type 1 or 2, big-endian length) without. What is written goes to stdin; shutting down the send side closes stdin when
    /// the container was created with stdin-once. The socket reaches its end after the last output of the process.
    /// </summary>
    Task<Socket> AttachAsync(ShimAttach attach, CancellationToken ct);

    /// <summary>Whether the shim knows <see cref="ShimAttach.Outlet"/>; one that an older daemon started may not.</summary>
    bool TakesOutlets { get; }

    /// <summary>Completes when the first process has ended, its output is drained and its exit is on disk.</summary>
    Task<ShimExit> Exited { get; }

    /// <summary>Raised for each out-of-memory kill in the container's cgroup.</summary>
    event Action<IShim>? OutOfMemory;

    /// <summary>Sends a signal to the first process, or to every process in the container's cgroup.</summary>
    Task SignalAsync(int signal, bool all, CancellationToken ct);

    Task PauseAsync(CancellationToken ct);

    Task ResumeAsync(CancellationToken ct);

    /// <summary>Sets the size of the container's terminal, in character cells.</summary>
    Task ResizeAsync(int width, int height, CancellationToken ct);

    /// <summary>Applies new cgroup limits; only members that are set are changed.</summary>
    Task UpdateAsync(Wharf.Oci.Runtime.LinuxResources resources, CancellationToken ct);

    /// <summary>Starts one more process in the container; streams are opened with <see cref="AttachAsync"/> before, naming the exec's id.</summary>
    Task<ShimLaunchResult> ExecAsync(ShimExec exec, CancellationToken ct);

    /// <summary>Completes when the exec has ended and its output is drained. Known until the container's shim ends.</summary>
    Task<ShimExit> ExecExited(string execId);

    Task ExecResizeAsync(string execId, int width, int height, CancellationToken ct);

    Task ExecSignalAsync(string execId, int signal, CancellationToken ct);

    /// <summary>Host pids of all processes in the container's cgroup.</summary>
    Task<IReadOnlyList<int>> PidsAsync(CancellationToken ct);

    /// <summary>Tells a shim whose container has ended that its exit is recorded elsewhere: it goes away and its state files with it.</summary>
    Task ReleaseAsync(CancellationToken ct);
}
