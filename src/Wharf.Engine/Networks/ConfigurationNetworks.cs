using Wharf.Network;
using Wharf.Network.Networks;
using Wharf.Primitives;

namespace Wharf.Engine.Networks;

/// <summary>
/// Networks that are configurations only, and those made from them: addresses, options and families come from the configuration, the rest from who makes
/// the network.
/// </summary>
internal static class ConfigurationNetworks
{
    /// <summary>What the new network is to be, with its families settled.</summary>
    /// <exception cref="WharfException">Forbidden or NotFound in Docker's words.</exception>
    public static NetworkConfig Settle(NetworkConfig config, NetworkCreateOptions options, INetworkController networks)
    {
        if (options.ConfigOnly)
        {
            if (!string.IsNullOrEmpty(options.ConfigFrom))
            {
                throw WharfException.Forbidden("a configuration network cannot depend on another configuration network");
            }

            if (options.Internal || options.Attachable)
            {
                throw WharfException.Forbidden("configuration network can only contain network specific fields. "
                    + "Network operator fields like [ ingress | internal | attachable | scope ] are not supported.");
            }

            return config with { ConfigOnly = true, EnableIPv4 = options.EnableIPv4 ?? true, EnableIPv6 = options.EnableIPv6 ?? false };
        }

        if (string.IsNullOrEmpty(options.ConfigFrom))
        {
            return networks.WithFamilies(config, options.EnableIPv4, options.EnableIPv6);
        }

        if (config.Options.Count > 0)
        {
            throw WharfException.Forbidden("network driver options are not supported if the network depends on a configuration network");
        }

        if (config.Pools.Count > 0 || config.IpamOptions.Count > 0 || config.IpamDriver != "default" || config.Labels.Count > 0 || options.EnableIPv6 is true)
        {
            throw WharfException.Forbidden("user specified configurations are not supported if the network depends on a configuration network");
        }

        NetworkRecord from = networks.Networks.FirstOrDefault(n => n.Config.ConfigOnly && n.Name == options.ConfigFrom)
            ?? throw WharfException.NotFound($"configuration network \"{options.ConfigFrom}\" does not exist");
        NetworkConfig settled = from.Config with
        {
            Name = config.Name,
            Driver = config.Driver,
            Internal = config.Internal,
            Attachable = config.Attachable,
            ConfigOnly = false,
            ConfigFrom = from.Name,
        };
        return networks.WithFamilies(settled, options.EnableIPv4 ?? from.Config.EnableIPv4, from.Config.EnableIPv6);
    }
}
