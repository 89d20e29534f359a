using Microsoft.AspNetCore.Http;
using Wharf.Api.Containers;
using Wharf.Api.Execs;
using Wharf.Api.Json;
using Wharf.Api.Server.Routing;
using Wharf.Api.Versions;
using Wharf.Engine.Execs;
using Wharf.Engine.Streams;

namespace Wharf.Api.Server.Execs;

/// <summary>Further processes in running containers.</summary>
internal sealed class ExecRoutes(IExecService execs)
{
    private static readonly ApiVersion ConsoleSizes = new(1, 42);

    public IEnumerable<Route> All() =>
    [
        Route.Post("/containers/{id}/exec", CreateAsync),
        Route.Post("/exec/{id}/start", StartAsync).Hijacking(),
        Route.Post("/exec/{id}/resize", ResizeAsync),
        Route.Get("/exec/{id}/json", InspectAsync),
    ];

    private async Task CreateAsync(ApiCall call)
    {
        ExecCreateRequest request = await call.ReadAsync(ApiJson.Context.ExecCreateRequest);
        request.ConsoleSize = call.Version < ConsoleSizes ? null : request.ConsoleSize;
        string id = await execs.CreateAsync(call["id"], request, call.Ct);
        await call.CreatedAsync(new IdResponse { Id = id }, ApiJson.Context.IdResponse);
    }

    private async Task StartAsync(ApiCall call)
    {
        ExecStartRequest request = await call.ReadOptionalAsync(ApiJson.Context.ExecStartRequest) ?? new ExecStartRequest();
        request.ConsoleSize = call.Version < ConsoleSizes ? null : request.ConsoleSize;
        await using IStreamSession? session = await execs.StartAsync(call["id"], request, CancellationToken.None);
        if (session is null)
        {
            await call.StatusAsync(StatusCodes.Status200OK);
            return;
        }

        await call.HijackAsync(session);
    }

    private async Task ResizeAsync(ApiCall call)
    {
        (int height, int width) = call.TerminalSize();
        await execs.ResizeAsync(call["id"], width, height, call.Ct);
        await call.StatusAsync(StatusCodes.Status200OK);
    }

    private async Task InspectAsync(ApiCall call) => await call.WriteAsync(execs.Inspect(call["id"]), ApiJson.Context.ExecInspectResponse);
}
