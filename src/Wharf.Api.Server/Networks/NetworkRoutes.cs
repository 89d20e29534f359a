using Microsoft.AspNetCore.Http;
using Wharf.Api.Json;
using Wharf.Api.Networks;
using Wharf.Api.Server.Routing;
using Wharf.Api.Versions;
using Wharf.Engine.Networks;
using Wharf.Primitives;

namespace Wharf.Api.Server.Networks;

/// <summary>Networks and who is joined to them.</summary>
internal sealed class NetworkRoutes(INetworkService networks)
{
    private static readonly ApiVersion ListWithoutContainers = new(1, 28);

    public IEnumerable<Route> All() =>
    [
        Route.Get("/networks", ListAsync),
        Route.Post("/networks/create", CreateAsync),
        Route.Get("/networks/{id...}", InspectAsync),
        Route.Post("/networks/{id...}/connect", ConnectAsync),
        Route.Post("/networks/{id...}/disconnect", DisconnectAsync),
        Route.Delete("/networks/{id...}", RemoveAsync),
    ];

    private Task ListAsync(ApiCall call)
    {
        List<NetworkSummary> list = networks.List(FilterSet.Parse(call.Query("filters")));
        return call.Version < ListWithoutContainers
            ? call.WriteAsync(list.ConvertAll(network => NetworkVersions.Of(networks.Inspect(network.Id!), call.Version)), ApiJson.Context.ListNetworkInspect)
            : call.WriteAsync(list, ApiJson.Context.ListNetworkSummary);
    }

    private async Task CreateAsync(ApiCall call)
    {
        NetworkCreateRequest request = await call.ReadAsync(ApiJson.Context.NetworkCreateRequest);
        await call.CreatedAsync(await networks.CreateAsync(NetworkRequests.Options(request, call.Version), call.Ct), ApiJson.Context.NetworkCreateResponse);
    }

    private Task InspectAsync(ApiCall call)
    {
        string? scope = call.Query("scope");
        if (scope is not (null or "local" or "swarm" or "global"))
        {
            throw WharfException.Invalid($"invalid value for scope: {scope}");
        }

        if (scope is "swarm" or "global")
        {
            // every network of this engine is a local one
            throw WharfException.NotFound($"network {call["id"]} not found");
        }

        return call.WriteAsync(NetworkVersions.Of(networks.Inspect(call["id"]), call.Version), ApiJson.Context.NetworkInspect);
    }

    private async Task ConnectAsync(ApiCall call)
    {
        NetworkConnectRequest request = await call.ReadAsync(ApiJson.Context.NetworkConnectRequest);
        await networks.ConnectAsync(call["id"], request.Container ?? string.Empty, request.EndpointConfig, call.Ct);
        await call.StatusAsync(StatusCodes.Status200OK);
    }

    private async Task DisconnectAsync(ApiCall call)
    {
        NetworkDisconnectRequest request = await call.ReadAsync(ApiJson.Context.NetworkDisconnectRequest);
        await networks.DisconnectAsync(call["id"], request.Container ?? string.Empty, request.Force, call.Ct);
        await call.StatusAsync(StatusCodes.Status200OK);
    }

    private async Task RemoveAsync(ApiCall call)
    {
        await networks.RemoveAsync(call["id"], call.Ct);
        await call.NoContentAsync();
    }
}
