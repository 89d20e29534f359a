using Wharf.Api.Networks;
using Wharf.Api.Versions;

namespace Wharf.Api.Server.Networks;

/// <summary>What networks looked like to older clients.</summary>
internal static class NetworkVersions
{
    private static readonly ApiVersion AddressCounts = new(1, 52);

    public static NetworkInspect Of(NetworkInspect network, ApiVersion version) =>
        version >= AddressCounts ? network : network.With(changed => changed.Status = null);
}
