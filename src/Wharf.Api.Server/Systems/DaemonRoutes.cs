using Microsoft.AspNetCore.Http;
using Wharf.Api.Json;
using Wharf.Api.Server.Routing;

namespace Wharf.Api.Server.Systems;

/// <summary>What the daemon answers by itself: ping and version.</summary>
internal sealed class DaemonRoutes(DaemonFacts daemon)
{
    public IEnumerable<Route> All() =>
    [
        Route.Get("/_ping", PingAsync),
        Route.Head("/_ping", PingAsync),
        Route.Get("/version", VersionAsync),
    ];

    private static async Task PingAsync(ApiCall call)
    {
        HttpResponse response = call.Http.Response;
        response.Headers.CacheControl = "no-cache, no-store, must-revalidate";
        response.Headers.Pragma = "no-cache";
        // 1 is the classic builder; 2 would make clients look for BuildKit's services here.
        response.Headers["Builder-Version"] = "1";
        response.Headers["Swarm"] = "inactive";
        response.ContentType = "text/plain; charset=utf-8";
        response.ContentLength = 2;
        if (!HttpMethods.IsHead(call.Http.Request.Method))
        {
            await response.BodyWriter.WriteAsync("OK"u8.ToArray(), call.Ct);
        }
    }

    private Task VersionAsync(ApiCall call) => call.WriteAsync(VersionReport.Of(daemon), ApiJson.Context.SystemVersion);
}
