using Wharf.Api.Json;
using Wharf.Api.Server.Images;
using Wharf.Api.Server.Routing;
using Wharf.Api.Server.Streams;
using Wharf.Api.System;
using Wharf.Api.Versions;
using Wharf.Engine.Events;
using Wharf.Engine.Host;
using Wharf.Images.Maintenance;
using Wharf.Images.Transfers;
using Wharf.Primitives;

namespace Wharf.Api.Server.Systems;

/// <summary>The engine as a whole: info, events, disk usage, login.</summary>
internal sealed class SystemRoutes(EngineServices engine, DaemonFacts daemon)
{
    private static readonly ApiVersion EventsAsNdjson = new(1, 52);
    private static readonly ApiVersion DiskUsageByType = new(1, 42);

    public IEnumerable<Route> All() =>
    [
        Route.Get("/info", InfoAsync),
        Route.Get("/events", EventsAsync),
        Route.Get("/system/df", DiskUsageAsync, "1.25"),
        Route.Post("/auth", LoginAsync),
        Route.Post("/system/check", CheckAsync),
    ];

    private Task InfoAsync(ApiCall call) =>
        call.WriteAsync(SystemVersions.Of(daemon.Complete(engine.System.Info()), call.Version), ApiJson.Context.SystemInfo);

    private async Task EventsAsync(ApiCall call)
    {
        (string contentType, bool sequence) = call.Version < EventsAsNdjson ? ("application/json", false) : EventMedia.Choose(call.Header("Accept"));
        DateTimeOffset? since = Timestamp.Parse(call.Query("since"), "since");
        DateTimeOffset? until = Timestamp.Parse(call.Query("until"), "until");
        if (since > until)
        {
            throw WharfException.Invalid($"`since` time ({call.Query("since")}) cannot be after `until` time ({call.Query("until")})");
        }

        FilterSet filters = FilterSet.Parse(call.Query("filters"));
        IAsyncEnumerable<EventMessage> events = engine.Events.SubscribeAsync(filters, since, until, call.Ct);
        using var lines = new JsonLines(call.Http.Response, contentType)
        {
            LineEnd = JsonLines.Newline,
            RecordSeparator = sequence ? EventMedia.RecordSeparator : null,
        };
        await lines.StartAsync(call.Ct);
        await foreach (EventMessage message in events)
        {
            if (!SystemVersions.Knows(message, call.Version))
            {
                continue;
            }

            await lines.WriteAsync(SystemVersions.Of(message, call.Version), ApiJson.Context.EventMessage, call.Ct);
        }
    }

    private async Task DiskUsageAsync(ApiCall call)
    {
        DiskUsageParts parts = DiskUsageReport.Parts(call.Version < DiskUsageByType ? [] : call.QueryAll("type"));
        DiskUsage usage = await engine.System.DiskUsageAsync(parts, call.Ct);
        await call.WriteAsync(DiskUsageReport.Of(usage, parts, call.Flag("verbose"), call.Version), ApiJson.Context.DiskUsageResponse);
    }

    private async Task CheckAsync(ApiCall call)
    {
        IReadOnlyList<StorageFinding> findings = await engine.Images.CheckAsync(call.Flag("repair"), call.Ct);
        List<StorageProblem> problems = [.. findings.Select(f => new StorageProblem { Subject = f.Subject, Problem = f.Problem, Repair = f.Repair })];
        await call.WriteAsync(problems, ApiJson.Context.ListStorageProblem);
    }

    private async Task LoginAsync(ApiCall call)
    {
        AuthConfig request = await call.ReadAsync(ApiJson.Context.AuthConfig);
        LoginResult result = await engine.Images.LoginAsync(RegistryAuth.Of(request), call.Ct);
        var response = new AuthResponse { Status = result.Status, IdentityToken = result.IdentityToken };
        await call.WriteAsync(response, ApiJson.Context.AuthResponse);
    }
}
