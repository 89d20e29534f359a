using Wharf.Api.Json;
using Wharf.Api.Server.Routing;
using Wharf.Api.Server.Swarm;
using Wharf.Api.Volumes;
using Wharf.Engine.Volumes;
using Wharf.Primitives;

namespace Wharf.Api.Server.Volumes;

/// <summary>Named and anonymous volumes.</summary>
internal sealed class VolumeRoutes(IVolumeService volumes)
{
    public IEnumerable<Route> All() =>
    [
        Route.Get("/volumes", ListAsync),
        Route.Post("/volumes/create", CreateAsync),
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
}
