using Wharf.Api.Networks;
using Wharf.Api.Versions;
using Wharf.Engine.Networks;
using Wharf.Primitives;

namespace Wharf.Api.Server.Networks;

/// <summary>From the wire's form of a new network to the engine's.</summary>
internal static class NetworkRequests
{
    private static readonly ApiVersion WithoutIPv4 = new(1, 48);

    public static NetworkCreateOptions Options(NetworkCreateRequest request, ApiVersion version)
    {
        if (request.Scope is not (null or "" or "local"))
        {
            throw WharfException.Invalid($"cannot create a network of scope {request.Scope} outside swarm mode");
        }

        return new NetworkCreateOptions
        {
            Name = request.Name ?? string.Empty,
            Driver = string.IsNullOrEmpty(request.Driver) ? null : request.Driver,
            Internal = request.Internal,
            Attachable = request.Attachable,
            Ingress = request.Ingress,
            ConfigOnly = request.ConfigOnly,
            ConfigFrom = request.ConfigFrom?.Network,
            EnableIPv4 = version < WithoutIPv4 ? null : request.EnableIPv4,
            EnableIPv6 = request.EnableIPv6,
            Ipam = request.IPAM,
            Options = request.Options ?? [],
            Labels = request.Labels ?? [],
        };
    }
}
