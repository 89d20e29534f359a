using System.Net;
using Microsoft.Extensions.Logging;
using Wharf.Api.Server.Listening;
using Wharf.Engine;
using Wharf.Images;
using Wharf.Network;

namespace Wharf.Daemon.Options;

/// <summary>The daemon's settings, typed and checked, each under the room that obeys it.</summary>
internal sealed record DaemonOptions
{
    public const string DefaultDataRoot = "/var/lib/wharf";
    public const string DefaultExecRoot = "/var/run/wharf";
    public const string DefaultPidFile = "/var/run/wharf.pid";

    public required string DataRoot { get; init; }

    public required string ExecRoot { get; init; }

    public required string PidFile { get; init; }

    public required string ShimPath { get; init; }

    public required string Group { get; init; }

    public required IReadOnlyList<ListenAddress> Hosts { get; init; }

    public required TlsFiles? Tls { get; init; }

    /// <summary>TLS was switched off in so many words.</summary>
    public bool AllowPlainTcp { get; init; }

    public bool Debug { get; init; }

    public bool Experimental { get; init; }

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    public bool LogAsJson { get; init; }

    public TimeSpan ShutdownTimeout { get; init; }

    /// <summary>Where the metrics are served; null for nowhere.</summary>
    public IPEndPoint? Metrics { get; init; }

    public required EngineOptions Engine { get; init; }

    public required ImageServiceOptions Images { get; init; }

    public required NetworkOptions Network { get; init; }
}

/// <summary>Paths of PEM files; no authority means that clients need no certificate.</summary>
internal sealed record TlsFiles(string Certificate, string Key, string? Authority);
