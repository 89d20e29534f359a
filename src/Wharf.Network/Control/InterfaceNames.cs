using Wharf.Network.Bridges;
using Wharf.Network.Sandboxes;
using Wharf.Primitives;

namespace Wharf.Network.Control;

/// <summary>What a container's interface is called: by wish (<c>com.docker.network.endpoint.ifname</c>), or prefix and the first free number.</summary>
internal static class InterfaceNames
{
    private const string Option = "com.docker.network.endpoint.ifname";

    /// <exception cref="WharfException">InvalidArgument for a name that is none or that is taken.</exception>
    public static string Choose(string prefix, EndpointRequest wish, IReadOnlyList<Endpoint> others)
    {
        if (wish.DriverOptions.TryGetValue(Option, out string? name) && name.Length > 0)
        {
            return BridgeSettings.InterfaceName(Option, name) != "lo" && !others.Any(o => o.Interface == name)
                ? name
                : throw WharfException.Invalid($"interface name {name} ({Option}) is in use in the container");
        }

        for (int i = 0; ; i++)
        {
            name = prefix + i.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (!others.Any(o => o.Interface == name))
            {
                return name;
            }
        }
    }
}
