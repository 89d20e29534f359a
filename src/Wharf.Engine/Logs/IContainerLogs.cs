using System.IO.Pipelines;
using Wharf.Primitives;

namespace Wharf.Engine.Logs;

/// <summary>Reads what containers wrote.</summary>
public interface IContainerLogs
{
    /// <summary>Checks the request and opens the log; nothing is sent before <see cref="ILogStream.CopyToAsync"/>.</summary>
    /// <exception cref="WharfException">NotFound; InvalidArgument "Bad parameters: you must choose at least one stream"; NotImplemented "configured logging driver does not support reading".</exception>
    Task<ILogStream> OpenAsync(string containerNameOrId, LogQuery query, CancellationToken ct);
}

/// <summary>An opened log.</summary>
public interface ILogStream : IAsyncDisposable
{
    /// <summary>True: raw bytes, as the container has a terminal. False: frames of eight bytes header and payload.</summary>
    bool Raw { get; }

    /// <summary>Writes what the query selects, in wire form; with follow until the container ends (or is removed) or the token fires. Does not complete the pipe.</summary>
    Task CopyToAsync(PipeWriter output, CancellationToken ct);
}

/// <summary>The query of <c>GET /containers/{id}/logs</c>.</summary>
public sealed record LogQuery
{
    public bool Stdout { get; init; }

    public bool Stderr { get; init; }

    public bool Follow { get; init; }

    /// <summary>Prefix each line with its time, RFC 3339 with nine digits.</summary>
    public bool Timestamps { get; init; }

    /// <summary>Prefix each line with the log's attributes.</summary>
    public bool Details { get; init; }

    /// <summary>The last lines only; null for all.</summary>
    public long? Tail { get; init; }

    public DateTimeOffset? Since { get; init; }

    public DateTimeOffset? Until { get; init; }
}
