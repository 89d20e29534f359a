using Wharf.Api.Containers;
using Wharf.Api.Json;
using Wharf.Api.Server.Routing;
using Wharf.Engine.Files;
using Wharf.Primitives;

namespace Wharf.Api.Server.Images;

/// <summary>An image out of a container.</summary>
internal sealed class CommitRoutes(IContainerFiles files)
{
    public IEnumerable<Route> All() => [Route.Post("/commit", CommitAsync)];

    private async Task CommitAsync(ApiCall call)
    {
        ContainerConfig? config = await call.ReadOptionalAsync(ApiJson.Context.ContainerConfig);
        var options = new CommitOptions
        {
            Container = call.Query("container") ?? throw WharfException.Invalid("container is required"),
            Reference = ReferenceQuery.Optional(call.Query("repo"), call.Query("tag"))?.Familiar,
            Author = call.Query("author"),
            Comment = call.Query("comment"),
            Pause = call.Flag("pause", otherwise: true),
            Changes = call.QueryAll("changes"),
            Config = config,
        };
        string id = await files.CommitAsync(options, call.Ct);
        await call.CreatedAsync(new IdResponse { Id = id }, ApiJson.Context.IdResponse);
    }
}
