using Wharf.Api.Json;
using Wharf.Api.Prune;
using Wharf.Api.Server.Routing;
using Wharf.Primitives;

namespace Wharf.Api.Server.Builds;

/// <summary>Builds. BuildKit's sessions are refused with a client error, which makes clients fall back to the classic way.</summary>
internal static class BuildRoutes
{
    public static IEnumerable<Route> All() =>
    [
        Route.Post("/build", _ => throw WharfException.Unsupported("this engine does not build images yet")),
        Route.Post("/build/cancel", _ => throw WharfException.NotFound("no such build"), "1.39"),
        Route.Post("/build/prune", call => call.WriteAsync(new BuildPruneResponse(), ApiJson.Context.BuildPruneResponse), "1.31"),
        Route.Post("/session", NoBuildKitAsync, "1.31"),
        Route.Post("/grpc", NoBuildKitAsync, "1.31"),
    ];

    private static Task NoBuildKitAsync(ApiCall call) =>
        throw WharfException.Invalid("this engine has no BuildKit sessions: set DOCKER_BUILDKIT=0 to use the classic builder");
}
