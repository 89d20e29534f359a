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
        return container.With(changed =>
        {
            changed.Health = null;
            changed.ImageManifestDescriptor = version < ManifestDescriptor ? null : container.ImageManifestDescriptor;
            changed.HostConfig = host is not null && version < AnnotationsInList ? host.With(changed => changed.Annotations = null) : host;
        });
    }

    public static ContainerInspectResponse Of(ContainerInspectResponse container, ApiVersion version)
    {
        if (version >= FlatNetworkSettingsGone)
        {
            return container.With(changed => changed.Config = container.Config is { } config ? config.With(changed => changed.MacAddress = null) : null);
        }

        return container.With(changed =>
        {
            changed.ImageManifestDescriptor = version < ManifestDescriptor ? null : container.ImageManifestDescriptor;
            changed.NetworkSettings = container.NetworkSettings is NetworkSettings settings ? Flat(settings, container, version) : null;
        });
    }

    // Until 1.51 the addresses on the default bridge stood at the top, too; half of the scripts of this world read them there.
    private static NetworkSettings Flat(NetworkSettings settings, ContainerInspectResponse container, ApiVersion version)
    {
        EndpointSettings bridge = settings.Networks?.GetValueOrDefault("bridge") ?? new EndpointSettings();
        return settings.With(changed =>
        {
            changed.Bridge = string.Empty;
            changed.HairpinMode = false;
            changed.LinkLocalIPv6Address = string.Empty;
            changed.LinkLocalIPv6PrefixLen = 0;
            changed.SecondaryIPAddresses = [];
            changed.SecondaryIPv6Addresses = [];
            changed.EndpointID = bridge.EndpointID ?? string.Empty;
            changed.Gateway = bridge.Gateway ?? string.Empty;
            changed.GlobalIPv6Address = bridge.GlobalIPv6Address ?? string.Empty;
            changed.GlobalIPv6PrefixLen = bridge.GlobalIPv6PrefixLen;
            changed.IPAddress = bridge.IPAddress ?? string.Empty;
            changed.IPPrefixLen = bridge.IPPrefixLen;
            changed.IPv6Gateway = bridge.IPv6Gateway ?? string.Empty;
            changed.MacAddress = bridge.MacAddress ?? string.Empty;
            changed.Networks = version >= AliasesWithoutShortId ? settings.Networks
                : settings.Networks?.ToDictionary(pair => pair.Key, pair => WithShortId(pair.Value, container, version));
        });
    }

    private static EndpointSettings WithShortId(EndpointSettings endpoint, ContainerInspectResponse container, ApiVersion version)
    {
        EndpointSettings older = version < MacAddressPerEndpoint ? endpoint.With(changed => changed.DNSNames = null) : endpoint;
        return older.Aliases is null || container.Id is null ? older
            : older.With(changed => changed.Aliases = [.. older.Aliases.Append(ObjectId.Shorten(container.Id)).Distinct()]);
    }
}
