using Wharf.Api.Containers;
using Wharf.Api.Networks;
using Wharf.Api.Versions;
using Wharf.Primitives;

namespace Wharf.Api.Server.Containers;

/// <summary>What containers looked like to older clients. The engine speaks the newest form only; records are copied, never changed in place.</summary>
internal static class ContainerVersions
{
    private static readonly ApiVersion FlatNetworkSettingsGone = new(1, 52);
    private static readonly ApiVersion HealthInList = new(1, 52);
    private static readonly ApiVersion ManifestDescriptor = new(1, 48);
    private static readonly ApiVersion AnnotationsInList = new(1, 46);
    private static readonly ApiVersion AliasesWithoutShortId = new(1, 45);
    private static readonly ApiVersion MacAddressPerEndpoint = new(1, 44);

    public static ContainerSummary Of(ContainerSummary container, ApiVersion version)
    {
        if (version >= HealthInList)
        {
            return container;
        }

        ContainerSummaryHostConfig? host = container.HostConfig;
        return container with
        {
            Health = null,
            ImageManifestDescriptor = version < ManifestDescriptor ? null : container.ImageManifestDescriptor,
            HostConfig = host is not null && version < AnnotationsInList ? host with { Annotations = null } : host,
        };
    }

    public static ContainerInspectResponse Of(ContainerInspectResponse container, ApiVersion version)
    {
        if (version >= FlatNetworkSettingsGone)
        {
            return container with { Config = container.Config is { } config ? config with { MacAddress = null } : null };
        }

        return container with
        {
            ImageManifestDescriptor = version < ManifestDescriptor ? null : container.ImageManifestDescriptor,
            NetworkSettings = container.NetworkSettings is NetworkSettings settings ? Flat(settings, container, version) : null,
        };
    }

    // Until 1.51 the addresses on the default bridge stood at the top, too; half of the scripts of this world read them there.
    private static NetworkSettings Flat(NetworkSettings settings, ContainerInspectResponse container, ApiVersion version)
    {
        EndpointSettings bridge = settings.Networks?.GetValueOrDefault("bridge") ?? new EndpointSettings();
        return settings with
        {
            Bridge = string.Empty,
            HairpinMode = false,
            LinkLocalIPv6Address = string.Empty,
            LinkLocalIPv6PrefixLen = 0,
            SecondaryIPAddresses = [],
            SecondaryIPv6Addresses = [],
            EndpointID = bridge.EndpointID ?? string.Empty,
            Gateway = bridge.Gateway ?? string.Empty,
            GlobalIPv6Address = bridge.GlobalIPv6Address ?? string.Empty,
            GlobalIPv6PrefixLen = bridge.GlobalIPv6PrefixLen,
            IPAddress = bridge.IPAddress ?? string.Empty,
            IPPrefixLen = bridge.IPPrefixLen,
            IPv6Gateway = bridge.IPv6Gateway ?? string.Empty,
            MacAddress = bridge.MacAddress ?? string.Empty,
            Networks = version >= AliasesWithoutShortId ? settings.Networks
                : settings.Networks?.ToDictionary(pair => pair.Key, pair => WithShortId(pair.Value, container, version)),
        };
    }

    private static EndpointSettings WithShortId(EndpointSettings endpoint, ContainerInspectResponse container, ApiVersion version)
    {
        EndpointSettings older = version < MacAddressPerEndpoint ? endpoint with { DNSNames = null } : endpoint;
        return older.Aliases is null || container.Id is null ? older
            : older with { Aliases = [.. older.Aliases.Append(ObjectId.Shorten(container.Id)).Distinct()] };
    }
}
