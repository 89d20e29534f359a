using System.Net;
using Wharf.Linux.Netlink;
using Wharf.Linux.NfTables;
using Wharf.Network.Announcements;
using Wharf.Network.Bridges;
using Wharf.Network.Control;
using Wharf.Network.Firewalls;
using Wharf.Network.Networks;
using Wharf.Network.Sandboxes;
using Wharf.Primitives;

namespace Wharf.Network;

public sealed partial class NetworkController
{
    // On a thread of the pool: the engine prepares the file system meanwhile.
    public Task<Sandbox> AllocateAsync(SandboxRequest request, CancellationToken ct) => Task.Run(() => Allocate(request), ct);

    private Sandbox Allocate(SandboxRequest request)
    {
        SandboxNamespace? ns = request.Mode == SandboxMode.Private ? _pool.Take() : null;
        var entry = new SandboxEntry(
            new Sandbox { Request = request, SandboxId = ns?.Id ?? ObjectId.New(), Key = ns?.Path ?? HostNamespacePath }, ns);
        if (!_sandboxes.TryAdd(request.ContainerId, entry))
        {
            GiveBack(ns);
            throw WharfException.Conflict($"container {request.ContainerId} already has a network sandbox");
        }

        try
        {
            lock (entry.Gate)
            {
                // Where the default network was turned off, who asks for it (as everybody does who says nothing) has loopback alone.
                foreach (EndpointRequest wish in request.Endpoints.Where(wish => _options.Bridge != "none" || wish.Network != "bridge"))
                {
                    Add(entry, wish);
                }

                Publish(entry);
                Describe(entry);
            }
        }
        catch
        {
            Release(entry);
            throw;
        }

        RefreshLinksTo(request.ContainerId);
        return entry.Snapshot;
    }

    public Task ReleaseAsync(string containerId, CancellationToken ct) => Run(() =>
    {
        if (_sandboxes.TryGetValue(containerId, out SandboxEntry? entry))
        {
            Release(entry);
        }

        return true;
    }, ct);

    private string HostNamespacePath => Path.Combine(_options.ExecRoot, "netns", "default");

    /// <summary>Puts a container on one more network: addresses, interface, routes, firewall. All of it or nothing.</summary>
    private Endpoint Add(SandboxEntry entry, EndpointRequest wish)
    {
        NetworkEntry network = GetEntry(wish.Network);
        if (network.Record.Config.ConfigOnly)
        {
            throw WharfException.Forbidden("cannot create endpoint on configuration-only network");
        }

        Sandbox sandbox = entry.Snapshot;
        if (sandbox.Endpoints.Any(e => e.NetworkId == network.Record.Id))
        {
            throw WharfException.Forbidden($"endpoint with name {sandbox.Request.ContainerName} already exists in network {network.Record.Name}");
        }

        if (network.Driver.HasInterfaces && entry.Namespace is null)
        {
            throw WharfException.Invalid("conflicting options: host type networking can't be used with other networks");
        }

        var planned = new Endpoint
        {
            Id = ObjectId.New(),
            NetworkId = network.Record.Id,
            NetworkName = network.Record.Name,
            Request = wish,
            Mac = wish.Mac,
            Interface = network.Driver.HasInterfaces ? InterfaceNames.Choose(network.Driver.InterfacePrefix(network.Record), wish, sandbox.Endpoints) : "",
            DnsNames = NamesOf(sandbox.Request, wish, network),
        };
        Endpoint endpoint = network.Allocate(planned, sandbox.ContainerId, sandbox.Request.WithoutIPv6);
        try
        {
            if (network.Driver.HasInterfaces)
            {
                endpoint = network.Driver.Attach(network.Record, endpoint, entry.Namespace!);
                SetUp(entry, network, endpoint, [.. sandbox.Endpoints, endpoint]);
                _firewall?.Set(PartOf(endpoint), Elements(sandbox, endpoint, network, published: []));
            }
        }
        catch
        {
            if (network.Driver.HasInterfaces)
            {
                network.Driver.Detach(network.Record, endpoint, entry.Namespace!);
            }

            network.Release(endpoint, sandbox.ContainerId);
            throw;
        }

        entry.Snapshot = entry.Snapshot with { Endpoints = [.. sandbox.Endpoints, endpoint] };
        if (network.Driver.AnnouncesAddresses)
        {
            entry.Announcements[endpoint.Id] = new Announcement(
                endpoint, entry.Namespace!, AnnouncementSettings.Parse(network.Record.Config.Options), _thread, _host, _announcing, _clock);
        }

        return endpoint;
    }

    private void SetUp(SandboxEntry entry, NetworkEntry network, Endpoint endpoint, IReadOnlyList<Endpoint> all)
    {
        SandboxNamespace ns = entry.Namespace!;
        LinkInfo link = ns.Route.FindLink(endpoint.Interface)
            ?? throw WharfException.Internal($"interface {endpoint.Interface} did not appear in the container's network namespace");
        if (endpoint.IPv6 is not null)
        {
            _thread.Run(ns.Handle, () => NetworkNamespace.SetSysctl($"net/ipv6/conf/{endpoint.Interface}/disable_ipv6", "0"));
        }

        List<IPAddress> gateways = [];
        if (Gateways.IPv4(all) == endpoint)
        {
            gateways.Add(endpoint.Gateway!);
        }

        if (Gateways.IPv6(all) == endpoint)
        {
            gateways.Add(endpoint.GatewayIPv6!);
        }

        ns.Route.Configure(new InterfaceSetup
        {
            Index = link.Index,
            Addresses =
            [
                .. endpoint.InterfaceAddresses().Select(a => (a.Address, a.PrefixLength)),
                .. endpoint.Request.LinkLocal.Select(a => (a, a.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? 64 : 16)),
            ],
            Gateways = gateways,
            DefaultByDevice = all.Count == 1 && network.Driver.RoutesByDevice(network.Record) && !network.Record.Config.Internal,
        }).ThrowIfError($"configure {endpoint.Interface} of network {endpoint.NetworkName}");
        Sysctls.Apply(_thread, ns.Handle, endpoint);
    }

    /// <summary>Takes the ports on the network that gives the default route.</summary>
    private void Publish(SandboxEntry entry)
    {
        Sandbox sandbox = entry.Snapshot;
        Endpoint? gateway = Gateways.IPv4(sandbox.Endpoints) ?? Gateways.IPv6(sandbox.Endpoints);
        if (gateway is null)
        {
            entry.Snapshot = sandbox with { GatewayEndpointId = "", Ports = [] };
            return;
        }

        NetworkEntry network = GetEntry(gateway.NetworkId);
        if (network.Driver.PublishesPorts && sandbox.Request.Ports.Count > 0)
        {
            (List<Ports.PublishedPort> ports, List<Ports.PortReservation> held) = _publisher.Publish(sandbox.Request, gateway, network);
            entry.Reservations = held;
            entry.Snapshot = sandbox = sandbox with { Ports = ports };
            _firewall?.Set(PartOf(gateway), Elements(sandbox, gateway, network, ports));
            held.ForEach(h => h.StartRelay(gateway.IPv6?.Address ?? gateway.IPv4?.Address));

            // A client that asked while nobody was here has a connection on record that leads nowhere, and UDP would follow it for ever.
            if (ports.Exists(p => p.Port.Protocol == Ports.TransportProtocol.Udp))
            {
                _flows.ForgetPorts(
                    ports.Where(p => p.Port.Protocol == Ports.TransportProtocol.Udp).Select(p => p.HostPort),
                    [.. gateway.Addresses()]);
            }
        }

        entry.Snapshot = sandbox with { GatewayEndpointId = gateway.Id };
    }

    private void Release(SandboxEntry entry)
    {
        lock (entry.Gate)
        {
            Sandbox sandbox = entry.Snapshot;
            if (!_sandboxes.TryRemove(new KeyValuePair<string, SandboxEntry>(sandbox.ContainerId, entry)))
            {
                return;
            }

            entry.Resolver?.Dispose();
            foreach (Announcement announcement in entry.Announcements.Values)
            {
                announcement.Dispose();
            }

            foreach (Endpoint endpoint in sandbox.Endpoints)
            {
                _firewall?.Remove(PartOf(endpoint));
                NetworkEntry network = GetEntry(endpoint.NetworkId);
                if (network.Driver.Leave(endpoint) is { } last)
                {
                    _background.Add(last);
                }

                network.Release(endpoint, sandbox.ContainerId);
                _flows.ForgetAddresses(endpoint.Addresses());
            }

            _ports.Release(entry.Reservations);
            entry.Reservations = [];
            GiveBack(entry.Namespace);
        }
    }

    private void GiveBack(SandboxNamespace? ns)
    {
        if (ns is not null)
        {
            _background.Add(() => _pool.Release(ns));
        }
    }

    private IEnumerable<NfElement> Elements(Sandbox sandbox, Endpoint endpoint, NetworkEntry network, IReadOnlyList<Ports.PublishedPort> published) =>
        network.Record.BridgeName.Length == 0 ? [] : FirewallElements.Of(new EndpointFacts
        {
            Bridge = BridgeSettings.Parse(network.Record.Config).Facts(network.Record),
            HostInterface = endpoint.HostInterface,
            IPv4 = endpoint.IPv4?.Address,
            IPv6 = endpoint.IPv6?.Address,
            Ports = published,
            DirectRouting = _options.DirectRouting,
            Links = [.. endpoint.Request.Links.Select(l => LinkOf(l, endpoint.NetworkId)).OfType<LinkFacts>()],
        });

    private static IReadOnlyList<string> NamesOf(SandboxRequest request, EndpointRequest wish, NetworkEntry network)
    {
        if (!network.Driver.HasNames(network.Record))
        {
            return [];
        }

        return [.. new[] { request.ContainerName }.Concat(wish.Aliases).Append(ObjectId.Shorten(request.ContainerId)).Append(request.Hostname)
            .Where(n => n.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private static string PartOf(Endpoint endpoint) => "endpoint/" + endpoint.Id;
}
