using Wharf.Api.Json;
using Wharf.Api.Prune;
using Wharf.Api.Server.Routing;
using Wharf.Api.Versions;
using Wharf.Engine.Prune;
using Wharf.Primitives;

namespace Wharf.Api.Server.Prune;

/// <summary>Removing what nobody uses: containers, networks, volumes.</summary>
internal sealed class PruneRoutes(IPruneService prune)
{
    // Before 1.42 a prune took named volumes as well, and its clients count on it.
    private static readonly ApiVersion PruneAnonymousOnly = new(1, 42);

    public IEnumerable<Route> All() =>
    [
        Route.Post("/containers/prune", ContainersAsync, "1.25"),
        Route.Post("/networks/prune", NetworksAsync, "1.25"),
        Route.Post("/volumes/prune", VolumesAsync, "1.25"),
    ];

    private async Task ContainersAsync(ApiCall call)
    {
        PruneResult result = await prune.ContainersAsync(FilterSet.Parse(call.Query("filters")), call.Ct);
        var response = new ContainerPruneResponse
        {
            ContainersDeleted = result.Deleted.Count == 0 ? null : result.Deleted,
            SpaceReclaimed = result.SpaceReclaimed,
        };
        await call.WriteAsync(response, ApiJson.Context.ContainerPruneResponse);
    }

    private async Task NetworksAsync(ApiCall call)
    {
        PruneResult result = await prune.NetworksAsync(FilterSet.Parse(call.Query("filters")), call.Ct);
        var response = new NetworkPruneResponse { NetworksDeleted = result.Deleted.Count == 0 ? null : result.Deleted };
        await call.WriteAsync(response, ApiJson.Context.NetworkPruneResponse);
    }

    private async Task VolumesAsync(ApiCall call)
    {
        FilterSet filters = FilterSet.Parse(call.Query("filters"));
        if (call.Version < PruneAnonymousOnly)
        {
            filters = filters.With("all", "true");
        }

        PruneResult result = await prune.VolumesAsync(filters, call.Ct);
        var response = new VolumePruneResponse
        {
            VolumesDeleted = result.Deleted.Count == 0 ? null : result.Deleted,
            SpaceReclaimed = result.SpaceReclaimed,
        };
        await call.WriteAsync(response, ApiJson.Context.VolumePruneResponse);
    }
}
