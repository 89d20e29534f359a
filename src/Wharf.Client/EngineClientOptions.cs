using Wharf.Client.Transports;

namespace Wharf.Client;

/// <summary>How to reach an engine and what to say with every request.</summary>
public sealed record EngineClientOptions(Endpoint Endpoint)
{
    /// <summary>True for programs that live as long as one command: no epoll thread, no pool; see <c>SocketTransport</c>.</summary>
    public bool Blocking { get; init; }

    /// <summary>A fixed API version (DOCKER_API_VERSION); null to agree with the engine.</summary>
    public string? ApiVersion { get; init; }

    public string UserAgent { get; init; } = "Docker-Client/wharf (linux)";

    /// <summary>Further headers of each request (<c>HttpHeaders</c> of the configuration file).</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
