using Wharf.Api.Server.Routing;
using Wharf.Primitives;

namespace Wharf.Api.Server.Swarm;

/// <summary>Swarm's objects on an engine that is not in a swarm: Docker's answer, so that clients say what they always say.</summary>
internal static class SwarmRoutes
{
    private const string NotManager =
        "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.";

    public static IEnumerable<Route> All() =>
    [
        Route.Get("/swarm", RefuseAsync),
        Route.Post("/swarm/init", UnsupportedAsync),
        Route.Post("/swarm/join", UnsupportedAsync),
        Route.Post("/swarm/leave", LeaveAsync),
        Route.Post("/swarm/update", RefuseAsync),
        Route.Get("/swarm/unlockkey", RefuseAsync),
        Route.Post("/swarm/unlock", RefuseAsync),
        .. Objects("/nodes", create: false, logs: false, since: null),
        .. Objects("/services", create: true, logs: true, since: null),
        Route.Get("/tasks", RefuseAsync),
        Route.Get("/tasks/{id}", RefuseAsync),
        Route.Get("/tasks/{id}/logs", RefuseAsync, "1.29"),
        .. Objects("/secrets", create: true, logs: false, since: "1.25"),
        .. Objects("/configs", create: true, logs: false, since: "1.30"),
    ];

    public static Task RefuseAsync(ApiCall call) => throw WharfException.Unavailable(NotManager);

    private static IEnumerable<Route> Objects(string path, bool create, bool logs, string? since)
    {
        yield return Route.Get(path, RefuseAsync, since);
        yield return Route.Get(path + "/{id}", RefuseAsync, since);
        yield return Route.Post(path + "/{id}/update", RefuseAsync, since);
        yield return Route.Delete(path + "/{id}", RefuseAsync, since);
        if (create)
        {
            yield return Route.Post(path + "/create", RefuseAsync, since);
        }

        if (logs)
        {
            yield return Route.Get(path + "/{id}/logs", RefuseAsync, since);
        }
    }

    private static Task UnsupportedAsync(ApiCall call) => throw WharfException.Unsupported("this engine does not support swarm mode");

    private static Task LeaveAsync(ApiCall call) => throw WharfException.Unavailable("This node is not part of a swarm");
}
