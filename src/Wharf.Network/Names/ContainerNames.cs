using System.Globalization;
using System.Net;
using Wharf.Network.Sandboxes;

namespace Wharf.Network.Names;

/// <summary>
/// What a container may know of the others: names and addresses on the networks that it is on itself, and nothing of any other network. A pure function of snapshots.
/// </summary>
internal static class ContainerNames
{
    private const string Reverse4 = ".in-addr.arpa", Reverse6 = ".ip6.arpa";

    /// <summary>The addresses of a name; null when no container on the asker's networks has it.</summary>
    public static List<IPAddress>? Find(Sandbox asker, string name, IReadOnlyCollection<Sandbox> all)
    {
        List<Endpoint> found = [.. asker.Endpoints.Where(HasNames).SelectMany(own => Named(own, name, all))];

        // NAME.NETWORK, for a name that is on several networks; both may have dots.
        for (int dot = name.IndexOf('.'); found.Count == 0 && dot > 0; dot = name.IndexOf('.', dot + 1))
        {
            string head = name[..dot], network = name[(dot + 1)..];
            found = [.. asker.Endpoints.Where(e => HasNames(e) && Same(e.NetworkName, network)).SelectMany(own => Named(own, head, all))];
        }

        if (found.Count == 0)
        {
            return null;
        }

        IPAddress[] addresses = [.. found.SelectMany(Addresses).Distinct()];

        // Round robin: which one a client takes first differs from question to question.
        Random.Shared.Shuffle(addresses);
        return [.. addresses];
    }

    /// <summary>CONTAINER.NETWORK of an address in a reverse name; null when it is no container's that the asker may know.</summary>
    public static string? FindReverse(Sandbox asker, string name, IReadOnlyCollection<Sandbox> all)
    {
        if (!TryParseReverse(name, out IPAddress? address))
        {
            return null;
        }

        HashSet<string> networks = [.. asker.Endpoints.Where(HasNames).Select(e => e.NetworkId)];
        foreach (Sandbox sandbox in all)
        {
            if (sandbox.Endpoints.FirstOrDefault(e => networks.Contains(e.NetworkId) && Addresses(e).Contains(address)) is { } endpoint)
            {
                return $"{sandbox.Request.ContainerName}.{endpoint.NetworkName}";
            }
        }

        return null;
    }

    /// <summary>Reads the name that a PTR question asks for (RFC 1035 3.5, RFC 3596 2.5).</summary>
    internal static bool TryParseReverse(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (name.EndsWith(Reverse4, StringComparison.OrdinalIgnoreCase))
        {
            string[] parts = name[..^Reverse4.Length].Split('.');
            if (parts.Length != 4 || !parts.All(p => byte.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            {
                return false;
            }

            address = new IPAddress([.. parts.Reverse().Select(p => byte.Parse(p, CultureInfo.InvariantCulture))]);
            return true;
        }

        if (!name.EndsWith(Reverse6, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        string[] digits = name[..^Reverse6.Length].Split('.');
        if (digits.Length != 32 || !digits.All(d => d.Length == 1 && char.IsAsciiHexDigit(d[0])))
        {
            return false;
        }

        address = new IPAddress(Convert.FromHexString(string.Concat(digits.Reverse())));
        return true;
    }

    private static IEnumerable<Endpoint> Named(Endpoint own, string name, IReadOnlyCollection<Sandbox> all)
    {
        foreach (Sandbox other in all)
        {
            foreach (Endpoint endpoint in other.Endpoints)
            {
                if (endpoint.NetworkId == own.NetworkId
                    && (endpoint.DnsNames.Any(n => Same(n, name)) || own.Request.Links.Any(l => l.IsTo(other.ContainerId, other.Request.ContainerName) && Same(l.Alias, name))))
                {
                    yield return endpoint;
                }
            }
        }
    }

    private static IEnumerable<IPAddress> Addresses(Endpoint endpoint) =>
        endpoint.Addresses();

    private static bool HasNames(Endpoint endpoint) => endpoint.DnsNames.Count > 0;

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
