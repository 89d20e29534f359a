using Wharf.Api.Containers;
using Wharf.Api.Networks;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Containers.Creation;

/// <summary>The networks of a new container: the mode, and the settings of each endpoint.</summary>
internal static class NetworkAttachments
{
    public static NetworkingConfig? From(Invocation call, HostConfig host, string mac)
    {
        List<NetworkSpec> specs = [.. call.List("network").Select(NetworkSpec.Parse)];
        host.NetworkMode = specs.Count == 0 ? "default" : specs[0].Target;
        IReadOnlyList<string> links = call.List("link");
        bool userDefined = specs.Count > 0 && IsUserDefined(specs[0].Target);
        host.Links = links.Count > 0 && !userDefined ? [.. links] : null;
        bool settings = HasSettings(call, mac) || links.Count > 0;
        if (specs.Count == 0)
        {
            specs.Add(new NetworkSpec("default"));
        }

        if (specs.Count > 1 && specs.Any(s => !IsUserDefined(s.Target) && s.Target is not ("default" or "bridge")))
        {
            throw new CommandException("conflicting options: cannot attach both user-defined and non-user-defined network-modes");
        }

        var endpoints = new Dictionary<string, EndpointSettings>(StringComparer.Ordinal);
        for (int i = 0; i < specs.Count; i++)
        {
            NetworkSpec spec = specs[i];
            EndpointSettings endpoint = Endpoint(spec);
            if (i == 0 && settings)
            {
                ApplyFlags(call, spec, endpoint, userDefined, mac);
            }

            if (endpoint.Aliases is not null && !IsUserDefined(spec.Target))
            {
                throw new CommandException("network-scoped aliases are only supported for user-defined networks");
            }

            if (!endpoints.TryAdd(spec.Target, endpoint))
            {
                throw new CommandException($"conflicting options: cannot specify both network \"{spec.Target}\" twice");
            }
        }

        return new NetworkingConfig { EndpointsConfig = endpoints };
    }

    private static bool IsUserDefined(string mode) =>
        mode is not ("default" or "bridge" or "host" or "none" or "") && !mode.StartsWith("container:", StringComparison.Ordinal);

    private static bool HasSettings(Invocation call, string mac) =>
        mac.Length > 0 || call.List("network-alias").Count > 0 || call.IsSet("ip") || call.IsSet("ip6") || call.List("link-local-ip").Count > 0;

    private static EndpointSettings Endpoint(NetworkSpec spec)
    {
        var endpoint = new EndpointSettings
        {
            Aliases = CreateRequest.OrNull(spec.Aliases),
            DriverOpts = spec.DriverOptions.Count > 0 ? spec.DriverOptions : null,
            GwPriority = spec.GatewayPriority,
            MacAddress = spec.MacAddress.Length > 0 ? spec.MacAddress : null,
        };
        if (spec.Ip.Length > 0 || spec.Ip6.Length > 0 || spec.LinkLocalAddresses.Count > 0)
        {
            endpoint.IPAMConfig = new EndpointIpamConfig
            {
                IPv4Address = spec.Ip,
                IPv6Address = spec.Ip6,
                LinkLocalIPs = CreateRequest.OrNull(spec.LinkLocalAddresses),
            };
        }

        return endpoint;
    }

    private static void ApplyFlags(Invocation call, NetworkSpec spec, EndpointSettings endpoint, bool userDefined, string mac)
    {
        Conflict(spec.Aliases.Count > 0 && call.List("network-alias").Count > 0, "--network-alias", "alias");
        Conflict(spec.Ip.Length > 0 && call.IsSet("ip"), "--ip", "ipv4 address");
        Conflict(spec.Ip6.Length > 0 && call.IsSet("ip6"), "--ip6", "ipv6 address");
        Conflict(spec.MacAddress.Length > 0 && mac.Length > 0, "--mac-address", "MAC address");
        if (call.List("network-alias").Count > 0)
        {
            endpoint.Aliases = [.. call.List("network-alias")];
        }

        if (call.List("link").Count > 0 && userDefined)
        {
            endpoint.Links = [.. call.List("link")];
        }

        if (mac.Length > 0)
        {
            endpoint.MacAddress = mac;
        }

        if (call.IsSet("ip") || call.IsSet("ip6") || call.List("link-local-ip").Count > 0)
        {
            endpoint.IPAMConfig ??= new EndpointIpamConfig();
            endpoint.IPAMConfig.IPv4Address = call.IsSet("ip") ? call.String("ip") : endpoint.IPAMConfig.IPv4Address;
            endpoint.IPAMConfig.IPv6Address = call.IsSet("ip6") ? call.String("ip6") : endpoint.IPAMConfig.IPv6Address;
            endpoint.IPAMConfig.LinkLocalIPs = CreateRequest.OrNull(call.List("link-local-ip")) ?? endpoint.IPAMConfig.LinkLocalIPs;
        }
    }

    private static void Conflict(bool both, string flag, string option)
    {
        if (both)
        {
            throw new CommandException($"conflicting options: cannot specify both {flag} and per-network {option}");
        }
    }
}
