using System.Globalization;
using Wharf.Api.Containers;
using Wharf.Api.Json;
using Wharf.Api.Server.Routing;
using Wharf.Api.Server.Streams;
using Wharf.Api.Stats;
using Wharf.Api.Versions;
using Wharf.Engine.Containers;
using Wharf.Engine.Logs;
using Wharf.Engine.Streams;
using Wharf.Primitives;

namespace Wharf.Api.Server.Containers;

/// <summary>What flows from and to containers: attach, logs, stats, top and the wait for their end.</summary>
internal sealed class ContainerStreamRoutes(EngineServices engine)
{
    private static readonly ApiVersion WaitConditions = new(1, 30);

    public IEnumerable<Route> All() =>
    [
        Route.Post("/containers/{id...}/attach", AttachAsync).Hijacking(),
        Route.Get("/containers/{id...}/attach/ws", AttachWebSocketAsync).Hijacking(),
        Route.Get("/containers/{id...}/logs", LogsAsync),
        Route.Get("/containers/{id...}/stats", StatsAsync),
        Route.Get("/containers/{id...}/top", TopAsync),
        Route.Post("/containers/{id...}/wait", WaitAsync),
    ];

    private async Task AttachAsync(ApiCall call)
    {
        IStreamSession session;
        try
        {
            session = await engine.Containers.AttachAsync(call["id"], Options(call), call.Ct);
        }
        catch (WharfException e)
        {
            // where a stream is expected, Docker's engine explains itself in plain text
            await call.WriteRawErrorAsync(e);
            return;
        }

        await using (session)
        {
            await call.HijackAsync(session);
        }
    }

    private async Task AttachWebSocketAsync(ApiCall call)
    {
        // Old clients name no stream and mean all of them.
        AttachOptions asked = Options(call);
        bool all = !asked.Stdin && !asked.Stdout && !asked.Stderr;
        AttachOptions options = all ? asked with { Stdin = true, Stdout = true, Stderr = true } : asked;
        await using IStreamSession session = await engine.Containers.AttachAsync(call["id"], options with { Stream = true }, call.Ct);
        WebSocketJoin.CheckRequest(call);
        await WebSocketJoin.RunAsync(call, session);
    }

    private static AttachOptions Options(ApiCall call) => new()
    {
        Logs = call.Flag("logs"),
        Stream = call.Flag("stream"),
        Stdin = call.Flag("stdin"),
        Stdout = call.Flag("stdout"),
        Stderr = call.Flag("stderr"),
        DetachKeys = call.Query("detachKeys"),
    };

    private async Task LogsAsync(ApiCall call)
    {
        var query = new LogQuery
        {
            Stdout = call.Flag("stdout"),
            Stderr = call.Flag("stderr"),
            Follow = call.Flag("follow"),
            Timestamps = call.Flag("timestamps"),
            Details = call.Flag("details"),
            Tail = long.TryParse(call.Query("tail"), NumberStyles.None, CultureInfo.InvariantCulture, out long lines) ? lines : null,
            Since = Timestamp.Parse(call.Query("since"), "since"),
            Until = Timestamp.Parse(call.Query("until"), "until"),
        };
        await using ILogStream log = await engine.Logs.OpenAsync(call["id"], query, call.Ct);
        call.Http.Response.ContentType = call.StreamContentType(log.Raw);
        await call.Http.Response.StartAsync(call.Ct);
        await call.Http.Response.BodyWriter.FlushAsync(call.Ct);
        await log.CopyToAsync(call.Http.Response.BodyWriter, call.Ct);
    }

    private async Task StatsAsync(ApiCall call)
    {
        bool stream = call.Flag("stream", otherwise: true);
        bool oneShot = call.Flag("one-shot");
        if (stream && oneShot)
        {
            throw WharfException.Invalid("cannot have stream=true and one-shot=true");
        }

        if (!stream)
        {
            await call.WriteAsync(await engine.Stats.SampleAsync(call["id"], withPrevious: !oneShot, call.Ct), ApiJson.Context.ContainerStatsResponse);
            return;
        }

        using var lines = new JsonLines(call.Http.Response) { LineEnd = JsonLines.Newline };
        await foreach (ContainerStatsResponse sample in engine.Stats.StreamAsync(call["id"], call.Ct))
        {
            await lines.WriteAsync(sample, ApiJson.Context.ContainerStatsResponse, call.Ct);
        }
    }

    private async Task TopAsync(ApiCall call) =>
        await call.WriteAsync(await engine.Top.TopAsync(call["id"], call.Query("ps_args"), call.Ct), ApiJson.Context.ContainerTopResponse);

    private async Task WaitAsync(ApiCall call)
    {
        ContainerWait wait = engine.Containers.Wait(call["id"], ContainerWait.ParseCondition(call.Version < WaitConditions ? null : call.Query("condition")));
        using var lines = new JsonLines(call.Http.Response) { LineEnd = JsonLines.Newline };
        // The head says that the wait is registered: clients start the container only after it.
        await lines.StartAsync(call.Ct);
        ContainerWaitResponse answer = await wait.Answer.WaitAsync(call.Ct);
        await lines.WriteAsync(answer, ApiJson.Context.ContainerWaitResponse, call.Ct);
    }
}
