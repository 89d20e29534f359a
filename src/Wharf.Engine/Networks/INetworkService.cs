using Wharf.Api.Networks;
using Wharf.Primitives;

namespace Wharf.Engine.Networks;

/// <summary>Networks as the API shows them; the network room does the work, this stores and announces it.</summary>
public interface INetworkService
{
    Task<NetworkCreateResponse> CreateAsync(NetworkCreateOptions options, CancellationToken ct);

    NetworkInspect Inspect(string nameOrId);

    /// <param name="filters">dangling, driver, id, label, name, scope, type.</param>
    List<NetworkSummary> List(FilterSet filters);

    Task RemoveAsync(string nameOrId, CancellationToken ct);

    /// <summary>Joins a container, running or not, to a network.</summary>
    Task ConnectAsync(string network, string container, EndpointSettings? settings, CancellationToken ct);

    Task DisconnectAsync(string network, string container, bool force, CancellationToken ct);
}

/// <summary>The body of <c>POST /networks/create</c>.</summary>
public sealed record NetworkCreateOptions
{
    public required string Name { get; init; }

    public string? Driver { get; init; }

    public bool Internal { get; init; }

    public bool Attachable { get; init; }

    public bool Ingress { get; init; }

    /// <summary>Only what other networks can be made from.</summary>
    public bool ConfigOnly { get; init; }

    /// <summary>The configuration to make this network from.</summary>
    public string? ConfigFrom { get; init; }

    public bool? EnableIPv4 { get; init; }

    public bool? EnableIPv6 { get; init; }

    public Ipam? Ipam { get; init; }

    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}
