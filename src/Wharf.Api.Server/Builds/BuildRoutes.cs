using System.Runtime.ExceptionServices;
using Wharf.Api.Json;
using Wharf.Api.Prune;
using Wharf.Api.Server.Routing;
using Wharf.Api.Server.Streams;
using Wharf.Engine.Builds;
using Wharf.Primitives;

namespace Wharf.Api.Server.Builds;

/// <summary>Builds the classic way. BuildKit's sessions are refused with a client error, which makes clients fall back to it.</summary>
internal sealed class BuildRoutes(IBuildService builds)
{
    public static IEnumerable<Route> All(IBuildService builds)
    {
        var routes = new BuildRoutes(builds);
        return
        [
            Route.Post("/build", routes.BuildAsync),
            Route.Post("/build/cancel", _ => throw WharfException.NotFound("no such build: a classic build ends with its connection"), "1.39"),
            Route.Post("/build/prune", routes.PruneAsync, "1.31"),
            Route.Post("/session", NoBuildKitAsync, "1.31"),
            Route.Post("/grpc", NoBuildKitAsync, "1.31"),
        ];
    }

    private async Task BuildAsync(ApiCall call)
    {
        BuildOrder order = BuildQuery.Read(call);
        var lines = new BuildLines(call.Flag("q"));
        using var response = new JsonLines(call.Http.Response);
        Task pump = lines.PumpAsync(response, call.Ct);
        Exception? early = null;
        try
        {
            await builds.BuildAsync(order, lines, call.Ct);
        }
        catch (Exception error) when (!call.Ct.IsCancellationRequested)
        {
            // Once steps were shown the status is sent, and the error is the last line.
            if (response.Started)
            {
                lines.Fail(error);
            }
            else
            {
                early = error;
            }
        }

        lines.Finish();
        await pump;
        if (early is not null)
        {
            ExceptionDispatchInfo.Throw(early);
        }
    }

    private async Task PruneAsync(ApiCall call)
    {
        BuildPruneResult result = await builds.PruneAsync(FilterSet.Parse(call.Query("filters")), call.Flag("all"), call.Ct);
        await call.WriteAsync(new BuildPruneResponse { CachesDeleted = result.Deleted, SpaceReclaimed = result.SpaceReclaimed }, ApiJson.Context.BuildPruneResponse);
    }

    private static Task NoBuildKitAsync(ApiCall call) =>
        throw WharfException.Invalid("this engine has no BuildKit sessions: set DOCKER_BUILDKIT=0 to use the classic builder");
}
