using System.IO.Pipelines;
using System.Net.Sockets;

namespace Wharf.Engine.Streams;

/// <summary>
/// The streams of a container or exec, ready to be joined with a client's connection. Made after all checks, before the connection is
/// hijacked; disposing it without running it leaves the container as it was.
/// </summary>
public interface IStreamSession : IAsyncDisposable
{
    /// <summary>True for a terminal: bytes go raw (application/vnd.docker.raw-stream). False: frames (application/vnd.docker.multiplexed-stream).</summary>
    bool Raw { get; }

    /// <summary>
    /// Moves bytes both ways until the output has ended, or the detach keys were typed. The end of <paramref name="input"/> closes stdin and
    /// leaves the output flowing. Neither pipe is completed.
    /// </summary>
    /// <param name="input">What the client sends.</param>
    /// <param name="output">What it shall receive.</param>
    /// <param name="outlet">
    /// The socket behind <paramref name="output"/>, when bytes go from there to the client as they are and a flush waits until it has them; null
    /// otherwise. With it the session may let somebody else write there.
    /// </param>
    /// <param name="ct">Ends the session.</param>
    Task<StreamEnd> RunAsync(PipeReader input, PipeWriter output, Socket? outlet, CancellationToken ct);
}

/// <summary>Why a session ended.</summary>
public enum StreamEnd
{
    /// <summary>The process closed its output, or ended.</summary>
    Finished,

    /// <summary>The client typed the detach keys.</summary>
    Detached,
}

/// <summary>What a client attaches to, and how it leaves.</summary>
public sealed record AttachOptions
{
    /// <summary>Replay the log first.</summary>
    public bool Logs { get; init; }

    /// <summary>Follow the live streams.</summary>
    public bool Stream { get; init; } = true;

    public bool Stdin { get; init; }

    public bool Stdout { get; init; }

    public bool Stderr { get; init; }

    /// <summary>As the user writes it (<c>ctrl-p,ctrl-q</c>); null for the daemon's default.</summary>
    public string? DetachKeys { get; init; }
}
