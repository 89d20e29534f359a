using System.Net;
using System.Net.Sockets;
using System.Text;
using Wharf.Linux;
using Wharf.Network.Control;
using Wharf.Network.Files;
using Wharf.Network.Firewalls;
using Wharf.Network.Names;
using Wharf.Network.Sandboxes;

namespace Wharf.Network;

/// <summary>The three files of a container, and what links to other containers mean for them.</summary>
public sealed partial class NetworkController
{
    private const uint WorldReadable = 0b110_100_100;

    /// <summary>Computes the files from the snapshot, writes those that changed, and starts or ends the resolver.</summary>
    private void Describe(SandboxEntry entry)
    {
        Sandbox before = entry.Snapshot;
        SandboxRequest request = before.Request;
        ResolvConf conf = ResolvConf.ReadHost(_options.HostResolvConf).With(_options.Dns, request.Dns);
        bool hasNames = before.Endpoints.Any(e => e.DnsNames.Count > 0);
        Sandbox now = before with
        {
            Hosts = request.Mode == SandboxMode.Host ? HostsOfHost(request) : HostsFile.Build(
                [.. ExtraHosts(request), .. LinkLines(before)],
                before.Endpoints.SelectMany(e => e.Addresses()),
                request.Hostname, request.DomainName, request.WithoutIPv6),
            HostnameFile = request.Hostname + "\n",
            ResolvConf = request.Mode == SandboxMode.Host ? conf.ForHost()
                : hasNames ? conf.ForEmbedded()
                : conf.ForDirectUse(before.Endpoints.Any(e => e.IPv6 is not null)),
        };
        entry.Snapshot = now;
        Serve(entry, hasNames);
        if (request.FilesDirectory.Length > 0)
        {
            WriteFile(request.FilesDirectory, "hosts", now.Hosts, before.Hosts);
            WriteFile(request.FilesDirectory, "hostname", now.HostnameFile, before.HostnameFile);
            WriteFile(request.FilesDirectory, "resolv.conf", now.ResolvConf, before.ResolvConf);
        }
    }

    /// <summary>Starts the resolver with the first network that has names, ends it with the last.</summary>
    private void Serve(SandboxEntry entry, bool hasNames)
    {
        if (!hasNames || entry.Namespace is null)
        {
            entry.Resolver?.Dispose();
            entry.Resolver = null;
            return;
        }

        if (entry.Resolver is null)
        {
            bool HasWayOut() => entry.Snapshot.Endpoints.Any(e => _networks.TryGetValue(e.NetworkId, out NetworkEntry? n) && !n.Record.Config.Internal);
            var resolver = new Resolver(entry, AllSandboxes, HasWayOut, () => ServersOf(entry.Snapshot.Request), new Upstream(_thread, entry.Namespace.Handle));
            entry.Resolver = new NameServer(_thread, entry.Namespace, resolver.AnswerAsync);
        }
    }

    private IReadOnlyCollection<Sandbox> AllSandboxes() => [.. _sandboxes.Values.Select(e => e.Snapshot)];

    // Read anew for each question that leaves the machine: the host's servers change when it moves between networks.
    private IReadOnlyList<IPAddress> ServersOf(SandboxRequest request) =>
        ResolvConf.ReadHost(_options.HostResolvConf).With(_options.Dns, request.Dns) is { Servers.Count: > 0 } conf ? conf.Servers : ResolvConf.Fallback;

    /// <summary>A container has a new address: those that are linked to it learn it.</summary>
    private void RefreshLinksTo(string containerId)
    {
        string name = FindSandbox(containerId)?.Request.ContainerName ?? "";
        foreach (SandboxEntry entry in _sandboxes.Values)
        {
            if (entry.Snapshot.Endpoints.Any(e => e.Request.Links.Any(l => l.IsTo(containerId, name))))
            {
                Refresh(entry);
            }
        }
    }

    private void Refresh(SandboxEntry entry)
    {
        lock (entry.Gate)
        {
            Sandbox sandbox = entry.Snapshot;
            if (!_sandboxes.TryGetValue(sandbox.ContainerId, out SandboxEntry? current) || current != entry)
            {
                return;
            }

            Describe(entry);
            foreach (Endpoint endpoint in sandbox.Endpoints.Where(e => e.Request.Links.Count > 0))
            {
                _firewall?.Set(PartOf(endpoint), Elements(sandbox, endpoint, GetEntry(endpoint.NetworkId),
                    endpoint.Id == sandbox.GatewayEndpointId ? sandbox.Ports : []));
            }
        }
    }

    /// <summary>On networks without names a link is a line of the hosts file.</summary>
    private IEnumerable<(string Address, string Names)> LinkLines(Sandbox sandbox)
    {
        foreach (Endpoint endpoint in sandbox.Endpoints.Where(e => e.DnsNames.Count == 0))
        {
            foreach (LinkRequest link in endpoint.Request.Links)
            {
                if (FindSandbox(link.ContainerId) is { } target
                    && target.Endpoints.FirstOrDefault(e => e.NetworkId == endpoint.NetworkId) is { } other)
                {
                    string names = HostsFile.LinkNames(link.Alias, target.Request.Hostname, target.Request.ContainerName);
                    foreach (Addressing.InterfaceAddress address in new[] { other.IPv4, other.IPv6 }.OfType<Addressing.InterfaceAddress>())
                    {
                        yield return (address.Address.ToString(), names);
                    }
                }
            }
        }
    }

    private LinkFacts? LinkOf(LinkRequest link, string networkId)
    {
        Sandbox? target = link.ContainerId.Length > 0 ? FindSandbox(link.ContainerId)
            : AllSandboxes().FirstOrDefault(s => s.Request.ContainerName == link.ContainerName);
        Endpoint? other = target?.Endpoints.FirstOrDefault(e => e.NetworkId == networkId);
        return other is null ? null : new LinkFacts(other.IPv4?.Address, other.IPv6?.Address,
            [.. target!.Request.ExposedPorts.Concat(target.Request.Ports.Select(p => p.Port)).Distinct()]);
    }

    private IEnumerable<(string Address, string Names)> ExtraHosts(SandboxRequest request)
    {
        foreach (ExtraHost host in request.ExtraHosts)
        {
            if (host.Address != "host-gateway")
            {
                yield return (host.Address, host.Name);
                continue;
            }

            foreach (IPAddress address in HostGateway(request))
            {
                yield return (address.ToString(), host.Name);
            }
        }
    }

    private IEnumerable<IPAddress> HostGateway(SandboxRequest request)
    {
        if (request.Mode == SandboxMode.Host)
        {
            return [IPAddress.Loopback];
        }

        if (_options.HostGateway.Count > 0)
        {
            return _options.HostGateway;
        }

        IEnumerable<IPAddress> addresses = _networks.Values.Where(n => n.Record.Predefined && n.Record.BridgeName.Length > 0)
            .SelectMany(n => n.Record.Config.Pools).Select(p => p.Gateway).OfType<IPAddress>();
        return addresses.OrderBy(a => a.AddressFamily == AddressFamily.InterNetworkV6);
    }

    private string HostsOfHost(SandboxRequest request)
    {
        string own = File.Exists(_options.HostHosts) ? File.ReadAllText(_options.HostHosts) : "127.0.0.1\tlocalhost\n";
        return (own.Length == 0 || own.EndsWith('\n') ? own : own + "\n") + string.Concat(ExtraHosts(request).Select(h => $"{h.Address}\t{h.Names}\n"));
    }

    // In place: the file is bind-mounted into the container, which would keep the old one if it were replaced.
    private static void WriteFile(string directory, string name, string content, string before)
    {
        string path = Path.Combine(directory, name);
        if (content == before && File.Exists(path))
        {
            return;
        }

        RewrittenFile.Write(path, Encoding.UTF8.GetBytes(content), WorldReadable);
    }
}
