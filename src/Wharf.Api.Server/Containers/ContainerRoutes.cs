using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Wharf.Api.Containers;
using Wharf.Api.Json;
using Wharf.Api.Server.Routing;
using Wharf.Api.Versions;
using Wharf.Engine.Containers;
using Wharf.Primitives;

namespace Wharf.Api.Server.Containers;

/// <summary>The life of containers: create, list, inspect, start, stop, remove.</summary>
internal sealed class ContainerRoutes(IContainerService containers)
{
    private static readonly ApiVersion PidsLimitInUpdate = new(1, 40);
    private static readonly ApiVersion PlatformAtCreate = new(1, 41);
    private static readonly ApiVersion SignalAtStop = new(1, 42);

    public IEnumerable<Route> All() =>
    [
        Route.Get("/containers/json", ListAsync),
        Route.Post("/containers/create", CreateAsync),
        Route.Get("/containers/{id...}/json", InspectAsync),
        Route.Post("/containers/{id...}/start", StartAsync),
        Route.Post("/containers/{id...}/stop", StopAsync),
        Route.Post("/containers/{id...}/restart", RestartAsync),
        Route.Post("/containers/{id...}/kill", KillAsync),
        Route.Post("/containers/{id...}/pause", PauseAsync),
        Route.Post("/containers/{id...}/unpause", UnpauseAsync),
        Route.Post("/containers/{id...}/rename", RenameAsync),
        Route.Post("/containers/{id...}/update", UpdateAsync),
        Route.Post("/containers/{id...}/resize", ResizeAsync),
        Route.Delete("/containers/{id...}", RemoveAsync),
    ];

    private async Task ListAsync(ApiCall call)
    {
        var query = new ContainerListQuery
        {
            All = call.Flag("all"),
            Limit = (int)Math.Clamp(call.Number("limit") ?? 0, int.MinValue, int.MaxValue),
            Size = call.Flag("size"),
            Filters = FilterSet.Parse(call.Query("filters")),
        };
        List<ContainerSummary> list = await containers.ListAsync(query, call.Ct);
        await call.WriteAsync(list.ConvertAll(item => ContainerVersions.Of(item, call.Version)), ApiJson.Context.ListContainerSummary);
    }

    private async Task CreateAsync(ApiCall call)
    {
        ContainerCreateRequest request = await call.ReadAsync(ApiJson.Context.ContainerCreateRequest);
        if (IsEmpty(request))
        {
            throw WharfException.Invalid("config cannot be empty in order to create a container");
        }

        List<string> warnings = ContainerCreateVersions.Adapt(request, call.Version);
        string? platform = call.Version < PlatformAtCreate ? null : call.Query("platform");
        ContainerCreateResponse created = await containers.CreateAsync(request, call.Query("name"), platform, call.Ct);
        await call.CreatedAsync(created.With(changed => changed.Warnings = [.. created.Warnings ?? [], .. warnings]), ApiJson.Context.ContainerCreateResponse);
    }

    // A request that names an image is not looked at any further.
    private static bool IsEmpty(ContainerCreateRequest request)
    {
        if (request.Image is not null)
        {
            return false;
        }

        var config = (ContainerCreateRequest)request.Copy();
        config.HostConfig = null;
        config.NetworkingConfig = null;
        return Written(config) == Written(new ContainerCreateRequest());

        static string Written(ContainerCreateRequest config) => JsonSerializer.Serialize(config, ApiJson.Context.ContainerCreateRequest);
    }

    private async Task InspectAsync(ApiCall call)
    {
        ContainerInspectResponse container = await containers.InspectAsync(call["id"], call.Flag("size"), call.Ct);
        await call.WriteAsync(ContainerVersions.Of(container, call.Version), ApiJson.Context.ContainerInspectResponse);
    }

    private async Task StartAsync(ApiCall call)
    {
        // {} and null are allowed; a body of unknown length counts as one
        HttpRequest request = call.Http.Request;
        if (request.ContentLength > 7 || (request.ContentLength is null && request.Headers.TransferEncoding.Count > 0))
        {
            throw WharfException.Invalid("starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24");
        }

        if (call.Query("checkpoint") is { Length: > 0 } checkpoint)
        {
            throw WharfException.Unsupported($"cannot start from checkpoint {checkpoint}: checkpoints are not supported by this engine");
        }

        await containers.StartAsync(call["id"], call.Ct);
        await call.NoContentAsync();
    }

    private async Task StopAsync(ApiCall call)
    {
        // a client that loses its patience does not call back the stop it has asked for
        await containers.StopAsync(call["id"], StopSignal(call), Seconds(call), CancellationToken.None);
        await call.NoContentAsync();
    }

    private async Task RestartAsync(ApiCall call)
    {
        await containers.RestartAsync(call["id"], StopSignal(call), Seconds(call), CancellationToken.None);
        await call.NoContentAsync();
    }

    private async Task KillAsync(ApiCall call)
    {
        await containers.KillAsync(call["id"], call.Query("signal"), call.Ct);
        await call.NoContentAsync();
    }

    private async Task PauseAsync(ApiCall call)
    {
        await containers.PauseAsync(call["id"], call.Ct);
        await call.NoContentAsync();
    }

    private async Task UnpauseAsync(ApiCall call)
    {
        await containers.UnpauseAsync(call["id"], call.Ct);
        await call.NoContentAsync();
    }

    private async Task RenameAsync(ApiCall call)
    {
        await containers.RenameAsync(call["id"], call.Query("name") ?? string.Empty, call.Ct);
        await call.NoContentAsync();
    }

    private async Task UpdateAsync(ApiCall call)
    {
        ContainerUpdateRequest request = await call.ReadAsync(ApiJson.Context.ContainerUpdateRequest);
        request.PidsLimit = call.Version < PidsLimitInUpdate ? null : request.PidsLimit is < 0 ? 0 : request.PidsLimit;
        await call.WriteAsync(await containers.UpdateAsync(call["id"], request, call.Ct), ApiJson.Context.ContainerUpdateResponse);
    }

    private async Task ResizeAsync(ApiCall call)
    {
        (int height, int width) = call.TerminalSize();
        await containers.ResizeAsync(call["id"], width, height, call.Ct);
        await call.StatusAsync(200);
    }

    private async Task RemoveAsync(ApiCall call)
    {
        var options = new ContainerRemoveOptions(call.Flag("force"), call.Flag("v"), call.Flag("link"));
        await containers.RemoveAsync(call["id"], options, call.Ct);
        await call.NoContentAsync();
    }

    private static string? StopSignal(ApiCall call) => call.Version < SignalAtStop ? null : call.Query("signal");

    private static int? Seconds(ApiCall call) =>
        call.Number("t") is long seconds ? (int)Math.Clamp(seconds, -1, int.MaxValue) : null;
}
