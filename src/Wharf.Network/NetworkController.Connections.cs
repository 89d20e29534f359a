using System.Net;
using Wharf.Linux.Netlink;
using Wharf.Network.Announcements;
using Wharf.Network.Control;
using Wharf.Network.Networks;
using Wharf.Network.Sandboxes;
using Wharf.Primitives;

namespace Wharf.Network;

/// <summary>Changes of a running container: further networks, fewer networks, another name.</summary>
public sealed partial class NetworkController
{
    public Task<Sandbox> ConnectAsync(string containerId, EndpointRequest endpoint, CancellationToken ct) => Run(() =>
    {
        SandboxEntry entry = GetSandbox(containerId);
        lock (entry.Gate)
        {
            Sandbox before = entry.Snapshot;
            if (entry.Namespace is null)
            {
                throw WharfException.Forbidden("container cannot be disconnected from host network or connected to host network");
            }

            NetworkRecord network = GetEntry(endpoint.Network).Record;
            if (network.Driver is "host" or "null")
            {
                throw WharfException.Forbidden(network.Driver == "host"
                    ? "container cannot be disconnected from host network or connected to host network"
                    : "container cannot be connected to multiple networks with one of the networks in private (none) mode");
            }

            Endpoint added = Add(entry, endpoint);
            try
            {
                Republish(entry);
                entry.Snapshot = entry.Snapshot with { Request = entry.Snapshot.Request with { Endpoints = [.. before.Request.Endpoints, endpoint] } };
                Describe(entry);
            }
            catch
            {
                Take(entry, added);
                entry.Snapshot = before;
                Republish(entry);
                Describe(entry);
                throw;
            }

            return entry.Snapshot;
        }
    }, ct);

    public Task<Sandbox> DisconnectAsync(string containerId, string network, CancellationToken ct) => Run(() =>
    {
        SandboxEntry entry = GetSandbox(containerId);
        NetworkRecord record = GetEntry(network).Record;
        lock (entry.Gate)
        {
            if (entry.Namespace is null)
            {
                throw WharfException.Forbidden("container cannot be disconnected from host network or connected to host network");
            }

            Endpoint endpoint = entry.Snapshot.Endpoints.FirstOrDefault(e => e.NetworkId == record.Id)
                ?? throw WharfException.NotFound($"container {containerId} is not connected to network {record.Name}");
            Take(entry, endpoint);
            Sandbox now = entry.Snapshot;
            entry.Snapshot = now with { Request = now.Request with { Endpoints = [.. now.Request.Endpoints.Where(e => e != endpoint.Request)] } };
            Republish(entry);
            Describe(entry);
            return entry.Snapshot;
        }
    }, ct);

    public Task<Sandbox?> UnlinkAsync(string containerId, string alias, CancellationToken ct) => Run<Sandbox?>(() =>
    {
        if (!_sandboxes.TryGetValue(containerId, out SandboxEntry? entry))
        {
            return null;
        }

        lock (entry.Gate)
        {
            EndpointRequest Without(EndpointRequest wish) => wish with { Links = [.. wish.Links.Where(l => l.Alias != alias)] };
            Sandbox before = entry.Snapshot;
            entry.Snapshot = before with
            {
                Request = before.Request with { Endpoints = [.. before.Request.Endpoints.Select(Without)] },
                Endpoints = [.. before.Endpoints.Select(e => e with { Request = Without(e.Request) })],
            };
            Describe(entry);
            foreach (Endpoint endpoint in entry.Snapshot.Endpoints)
            {
                _firewall?.Set(PartOf(endpoint), Elements(entry.Snapshot, endpoint, GetEntry(endpoint.NetworkId),
                    endpoint.Id == before.GatewayEndpointId ? before.Ports : []));
            }

            return entry.Snapshot;
        }
    }, ct);

    public Task<Sandbox?> RenameAsync(string containerId, string name, CancellationToken ct) => Run<Sandbox?>(() =>
    {
        if (!_sandboxes.TryGetValue(containerId, out SandboxEntry? entry))
        {
            return null;
        }

        lock (entry.Gate)
        {
            SandboxRequest request = entry.Snapshot.Request with { ContainerName = name };
            entry.Snapshot = entry.Snapshot with
            {
                Request = request,
                Endpoints = [.. entry.Snapshot.Endpoints.Select(e => e with { DnsNames = NamesOf(request, e.Request, GetEntry(e.NetworkId)) })],
            };
            return entry.Snapshot;
        }
    }, ct);

    /// <summary>Takes a container off a network while it lives on.</summary>
    private void Take(SandboxEntry entry, Endpoint endpoint)
    {
        if (entry.Announcements.Remove(endpoint.Id, out Announcement? announcement))
        {
            announcement.Dispose();
        }

        NetworkEntry network = GetEntry(endpoint.NetworkId);
        network.Driver.Detach(network.Record, endpoint, entry.Namespace!);
        _firewall?.Remove(PartOf(endpoint));
        network.Release(endpoint, entry.Snapshot.ContainerId);
        _flows.ForgetAddresses(endpoint.Addresses());
        entry.Snapshot = entry.Snapshot with { Endpoints = [.. entry.Snapshot.Endpoints.Where(e => e.Id != endpoint.Id)] };
    }

    /// <summary>After a change of networks: default routes and ports move to where they belong now.</summary>
    private void Republish(SandboxEntry entry)
    {
        Sandbox sandbox = entry.Snapshot;
        Endpoint? four = Gateways.IPv4(sandbox.Endpoints), six = Gateways.IPv6(sandbox.Endpoints);
        foreach ((Endpoint? best, IPAddress everywhere, IPAddress? gateway) in
            new[] { (four, IPAddress.Any, four?.Gateway), (six, IPAddress.IPv6Any, six?.GatewayIPv6) })
        {
            if (best is not null && entry.Namespace!.Route.FindLink(best.Interface) is { } link)
            {
                entry.Namespace.Route.ReplaceRoute(everywhere, 0, gateway!, link.Index).ThrowIfError($"set default route through network {best.NetworkName}");
            }
        }

        Endpoint? now = four ?? six;
        if ((now?.Id ?? "") == sandbox.GatewayEndpointId)
        {
            return;
        }

        if (sandbox.Endpoints.FirstOrDefault(e => e.Id == sandbox.GatewayEndpointId) is { } former)
        {
            _firewall?.Set(PartOf(former), Elements(sandbox, former, GetEntry(former.NetworkId), published: []));
        }

        _ports.Release(entry.Reservations);
        entry.Reservations = [];
        entry.Snapshot = sandbox with { Ports = [], GatewayEndpointId = "" };
        Publish(entry);
    }
}
