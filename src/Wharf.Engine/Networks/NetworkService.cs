using System.Net;
using Wharf.Api.Networks;
using Wharf.Engine.Containers;
using Wharf.Network.Addressing;
using Wharf.Network.Networks;
using Wharf.Network.Sandboxes;
using Wharf.Primitives;

namespace Wharf.Engine.Networks;

internal sealed class NetworkService(EngineCore core, NetworkStore store) : INetworkService
{
    public async Task<NetworkCreateResponse> CreateAsync(NetworkCreateOptions options, CancellationToken ct)
    {
        if (options.Ingress)
        {
            throw WharfException.Unavailable("This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.");
        }

        var config = new NetworkConfig
        {
            Name = options.Name,
            Driver = string.IsNullOrEmpty(options.Driver) ? "bridge" : options.Driver,
            Internal = options.Internal,
            Attachable = options.Attachable,
            IpamDriver = string.IsNullOrEmpty(options.Ipam?.Driver) ? "default" : options.Ipam.Driver,
            IpamOptions = options.Ipam?.Options ?? [],
            Pools = PoolRequests.Read(options.Ipam?.Config),
            Options = options.Options,
            Labels = options.Labels,
        };
        config = ConfigurationNetworks.Settle(config, options, core.Networks);
        NetworkRecord record = await core.Networks.CreateNetworkAsync(config, ct);
        try
        {
            await store.SaveAsync(record);
        }
        catch
        {
            await core.Networks.RemoveNetworkAsync(record.Id, CancellationToken.None);
            throw;
        }

        Raise("create", record);
        return new NetworkCreateResponse { Id = record.Id, Warning = "" };
    }

    public NetworkInspect Inspect(string nameOrId)
    {
        NetworkRecord network = core.Networks.GetNetwork(nameOrId);
        return NetworkViews.Inspect(network, core.Networks.GetMembers(network.Id));
    }

    public List<NetworkSummary> List(FilterSet filters)
    {
        filters.Validate("dangling", "driver", "id", "label", "name", "scope", "type");
        bool? dangling = filters.Has("dangling") ? filters.Flag("dangling", absent: false) : null;
        foreach (string type in filters.Get("type"))
        {
            if (type is not ("builtin" or "custom"))
            {
                throw WharfException.Invalid($"invalid filter: 'type'='{type}'");
            }
        }

        return
        [
            .. core.Networks.Networks
                .Where(n => filters.Exact("driver", n.Driver)
                    && filters.Pattern("id", n.Id)
                    && filters.Pattern("name", n.Name)
                    && filters.Exact("scope", "local")
                    && filters.AllPairs("label", n.Config.Labels)
                    && filters.Exact("type", n.Predefined ? "builtin" : "custom")
                    && (dangling is null || dangling == IsUnused(n)))
                .OrderBy(n => n.Name, StringComparer.Ordinal)
                .Select(NetworkViews.Summary),
        ];
    }

    public async Task RemoveAsync(string nameOrId, CancellationToken ct)
    {
        NetworkRecord record = await core.Networks.RemoveNetworkAsync(nameOrId, ct);
        await store.RemoveAsync(record.Id);
        Raise("destroy", record);
    }

    public async Task ConnectAsync(string network, string container, EndpointSettings? settings, CancellationToken ct)
    {
        EndpointSettings wish = settings?.Copy() ?? new EndpointSettings();
        NetworkRecord target = core.Networks.GetNetwork(network);
        EndpointRules.Check(wish, network, target);
        Container found = core.Containers.Get(container);
        using (await found.EnterAsync(ct))
        {
            ContainerRecord before = found.Current;
            string mode = before.HostConfig.NetworkMode ?? "";
            if (Launch.NamespaceList.IsShared(mode))
            {
                throw WharfException.Invalid("container sharing network namespace with another container or host cannot be connected to any other network");
            }

            if (mode == "host" && target.Name != "host")
            {
                throw WharfException.Invalid("container sharing network namespace with another container or host cannot be connected to any other network");
            }

            if (target.Name == "host")
            {
                throw WharfException.Invalid("cannot connect container to host network - container must be created in host network mode");
            }

            if (target.Config.ConfigOnly)
            {
                throw WharfException.Forbidden("cannot create endpoint on configuration-only network");
            }

            if (target.Name == "none" || before.Definition.Networks.ContainsKey("none"))
            {
                throw WharfException.Invalid("container cannot be connected to multiple networks with one of the networks in private (none) mode");
            }

            if (before.Definition.Networks.Any(n => n.Key == target.Name || n.Key == target.Id) && before.State.Status.HasProcess())
            {
                throw WharfException.Forbidden($"endpoint with name {before.Name} already exists in network {target.Name}");
            }

            ContainerRecord record = before with
            {
                Definition = before.Definition with { Networks = new Dictionary<string, EndpointSettings>(before.Definition.Networks) { [target.Name] = wish } },
            };
            if (before.State.Status.HasProcess() && before.Sandbox is not null)
            {
                record = record with { Sandbox = await core.Networks.ConnectAsync(before.Id, SandboxPlan.Endpoint(target.Name, wish, record, core.Containers), ct) };
            }

            await core.Store.UpdateDefinitionAsync(record);
            await core.Store.UpdateStateAsync(record);
            found.Swap(record);
            if (record.Sandbox?.Endpoints.FirstOrDefault(e => e.NetworkId == target.Id) is { } endpoint)
            {
                core.Events.Publish("network", "connect", target.Id, NetworkEvents.Attributes(endpoint, record.Id, core.Networks));
            }
        }
    }

    public async Task DisconnectAsync(string network, string container, bool force, CancellationToken ct)
    {
        NetworkRecord? target = core.Networks.FindNetwork(network);
        Container? found = core.Containers.TryGet(container);
        if (target is null && !force)
        {
            target = core.Networks.GetNetwork(network);
        }

        if (found is null)
        {
            // force takes a dead endpoint away; none of ours outlives its container
            throw ContainerErrors.NoSuchContainer(container);
        }

        using (await found.EnterAsync(ct))
        {
            ContainerRecord before = found.Current;
            string? key = before.Definition.Networks.Keys.FirstOrDefault(k => target is null ? k == network : k == target.Name || k == target.Id);
            if (before.HostConfig.NetworkMode == "host" && target?.Name == "host" && before.State.Status.HasProcess())
            {
                throw WharfException.Invalid("cannot disconnect container from host network - container was created in host network mode");
            }

            if (key is null)
            {
                throw WharfException.Internal($"container {before.Id} is not connected to the network {target?.Name ?? network}");
            }

            Endpoint? endpoint = target is null ? null : before.Sandbox?.Endpoints.FirstOrDefault(e => e.NetworkId == target.Id);
            var left = new Dictionary<string, EndpointSettings>(before.Definition.Networks);
            left.Remove(key);
            ContainerRecord record = before with { Definition = before.Definition with { Networks = left } };
            if (endpoint is not null)
            {
                record = record with { Sandbox = await core.Networks.DisconnectAsync(before.Id, target!.Id, ct) };
            }

            await core.Store.UpdateDefinitionAsync(record);
            await core.Store.UpdateStateAsync(record);
            found.Swap(record);
            if (endpoint is not null)
            {
                core.Events.Publish("network", "disconnect", target!.Id, NetworkEvents.Attributes(endpoint, record.Id, core.Networks));
            }
        }
    }

    /// <summary>Nobody uses it: no container, running or not, names it.</summary>
    internal bool IsUnused(NetworkRecord network) =>
        !network.Predefined && !core.Containers.All.Any(c => c.Current.Definition.Networks.Keys.Any(k => k == network.Name || k == network.Id));

    private void Raise(string action, NetworkRecord network) =>
        core.Events.Publish("network", action, network.Id, new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = network.Name, ["type"] = network.Driver });
}
