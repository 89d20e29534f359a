using Wharf.Api.Json;
using Wharf.Api.Prune;
using Wharf.Api.Server.Routing;
using Wharf.Api.Server.Swarm;
using Wharf.Api.Versions;
using Wharf.Api.Volumes;
using Wharf.Engine.Prune;
using Wharf.Engine.Volumes;
using Wharf.Primitives;

namespace Wharf.Api.Server.Volumes;

/// <summary>Named and anonymous volumes.</summary>
internal sealed class VolumeRoutes(IVolumeService volumes, IPruneService prune)
{
    // Before 1.42 a prune took named volumes as well, and its clients count on it.
    private static readonly ApiVersion PruneAnonymousOnly = new(1, 42);

    public IEnumerable<Route> All() =>
    [
        Route.Get("/volumes", ListAsync),
        Route.Post("/volumes/create", CreateAsync),
        Route.Post("/volumes/prune", PruneAsync, "1.25"),
        Route.Get("/volumes/{name...}", InspectAsync),
        Route.Put("/volumes/{name...}", SwarmRoutes.RefuseAsync, "1.42"),
        Route.Delete("/volumes/{name...}", RemoveAsync),
    ];

    private Task ListAsync(ApiCall call) =>
        call.WriteAsync(volumes.List(FilterSet.Parse(call.Query("filters"))), ApiJson.Context.VolumeListResponse);

    private async Task CreateAsync(ApiCall call)
    {
        VolumeCreateRequest request = await call.ReadAsync(ApiJson.Context.VolumeCreateRequest);
        await call.CreatedAsync(await volumes.CreateAsync(request, call.Ct), ApiJson.Context.Volume);
    }

    private Task InspectAsync(ApiCall call) => call.WriteAsync(volumes.Inspect(call["name"]), ApiJson.Context.Volume);

    private async Task RemoveAsync(ApiCall call)
    {
        await volumes.RemoveAsync(call["name"], call.Flag("force"), call.Ct);
        await call.NoContentAsync();
    }

    private async Task PruneAsync(ApiCall call)
    {
        FilterSet filters = FilterSet.Parse(call.Query("filters"));
        if (call.Version < PruneAnonymousOnly)
        {
            IEnumerable<(string, string)> given = filters.Keys.SelectMany(key => filters.Get(key).Select(value => (key, value)));
            filters = FilterSet.Of([.. given, ("all", "true")]);
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
