using Wharf.Api.Json;
using Wharf.Api.Server.Routing;
using Wharf.Primitives;

namespace Wharf.Api.Server.Plugins;

/// <summary>Managed plugins: none can be installed, so the list is empty and every name is unknown.</summary>
internal static class PluginRoutes
{
    private static readonly string[] Verbs = ["enable", "disable", "upgrade", "push", "set"];

    public static IEnumerable<Route> All() =>
    [
        Route.Get("/plugins", call => call.WriteAsync([], ApiJson.Context.ListString), "1.25"),
        Route.Get("/plugins/privileges", UnsupportedAsync, "1.25"),
        Route.Post("/plugins/pull", UnsupportedAsync, "1.25"),
        Route.Post("/plugins/create", UnsupportedAsync, "1.25"),
        Route.Get("/plugins/{name...}/json", UnknownAsync, "1.25"),
        Route.Delete("/plugins/{name...}", UnknownAsync, "1.25"),
        .. Verbs.Select(verb => Route.Post("/plugins/{name...}/" + verb, UnknownAsync, "1.25")),
    ];

    private static Task UnsupportedAsync(ApiCall call) => throw WharfException.Unsupported("this engine does not support managed plugins");

    private static Task UnknownAsync(ApiCall call) => throw WharfException.NotFound($"plugin \"{call["name"]}\" not found");
}
