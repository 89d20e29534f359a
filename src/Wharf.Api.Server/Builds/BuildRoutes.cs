using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.Json;
using Wharf.Api.Builds;
using Wharf.Api.Json;
using Wharf.Api.Prune;
using Wharf.Api.Server.Routing;
using Wharf.Api.Server.Streams;
using Wharf.Build.Calls;
using Wharf.Build.Execution;
using Wharf.Engine.Builds;
using Wharf.Engine.Builds.Caches;
using Wharf.Images.Transfers;
using Wharf.Primitives;

namespace Wharf.Api.Server.Builds;

/// <summary>Builds the classic way. BuildKit's sessions are refused with a client error, which makes clients fall back to it.</summary>
internal sealed class BuildRoutes(IBuildService builds)
{
    private readonly LentAgentsTable agents = new();

    public static IEnumerable<Route> All(IBuildService builds)
    {
        var routes = new BuildRoutes(builds);
        return
        [
            Route.Post("/build", routes.BuildAsync),
            Route.Post("/build/context", routes.CheckFoldersAsync),
            Route.Get("/build/context", routes.OpenContextAsync),
            Route.Post("/build/agent", routes.LendAgentAsync).Hijacking(),
            Route.Get("/build/files", routes.FilesAsync),
            Route.Get("/build/cache", routes.ExportCacheAsync),
            Route.Put("/build/cache", routes.ReceiveCacheAsync),
            Route.Post("/build/cancel", routes.CancelAsync, "1.39"),
            Route.Get("/build/cachemount", routes.ExportAsync),
            Route.Put("/build/cachemount", routes.ImportAsync),
            Route.Post("/build/prune", routes.PruneAsync, "1.31"),
            Route.Post("/session", NoBuildKitAsync, "1.31"),
            Route.Post("/grpc", NoBuildKitAsync, "1.31"),
        ];
    }

    private async Task BuildAsync(ApiCall call)
    {
        BuildOrder order = await BuildPreamble.ReadAsync(call, BuildQuery.Read(call));
        BuildCall question = BuildCalls.Parse(call.Query("call"));
        if (question != BuildCall.Build)
        {
            await AnswerAsync(call, order, question);
            return;
        }

        IBuildLines lines = call.Flag("events") ? new BuildEvents(TimeProvider.System) : new BuildLines(call.Flag("q"));
        IReadOnlyList<string> lent = call.QueryAll("ssh");
        string? lender = lent.Count == 0 ? null : order.BuildId ?? throw WharfException.Invalid("ssh agents need a build with an id");
        order = order with
        {
            Request = order.Request with { Progress = lines as IBuildProgress, Agents = lender is null ? null : agents.Open(lender, lent) },
        };
        try
        {
            await RunAsync(call, order, lines);
        }
        finally
        {
            if (lender is not null)
            {
                agents.Close(lender);
            }
        }
    }

    private async Task RunAsync(ApiCall call, BuildOrder order, IBuildLines lines)
    {
        using var response = lines is BuildEvents ? new JsonLines(call.Http.Response, BuildEvent.ContentType) { LineEnd = JsonLines.Newline } : new JsonLines(call.Http.Response);
        Task pump = lines.PumpAsync(response, call.Ct);
        Exception? early = null;
        try
        {
            await builds.BuildAsync(order, lines, call.Ct);
        }
        catch (Exception error) when (!call.Ct.IsCancellationRequested)
        {
            // Once there is output the status is sent, and the error is the last line.
            if (lines.Any)
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

    private async Task AnswerAsync(ApiCall call, BuildOrder order, BuildCall question)
    {
        BuildCallAnswer answer = await builds.AnswerAsync(order, question, call.Ct);
        using var result = JsonDocument.Parse(answer.Json);
        await call.WriteAsync(new BuildCallResponse { Text = answer.Text, Result = result.RootElement.Clone(), ExitCode = answer.ExitCode }, ApiJson.Context.BuildCallResponse);
    }

    // The token's text, then the list as it is; nothing at all when nothing is kept.
    private async Task OpenContextAsync(ApiCall call)
    {
        var known = builds.OpenContext(call.Query("key") ?? throw WharfException.Invalid("the key of the context is missing"));
        call.Http.Response.ContentType = "application/octet-stream";
        if (known is { } found)
        {
            await call.Http.Response.Body.WriteAsync(Encoding.ASCII.GetBytes(found.Token), call.Ct);
            await call.Http.Response.Body.WriteAsync(found.List, call.Ct);
        }
    }

    private Task CheckFoldersAsync(ApiCall call)
    {
        builds.CheckFolders(LocalClients.Of(call) ?? throw WharfException.Invalid("the proof of a local client is missing"), call.QueryAll("folder"));
        return call.StatusAsync(200);
    }

    private async Task LendAgentAsync(ApiCall call)
    {
        string build = call.Query("buildid") ?? throw WharfException.Invalid("build ID not provided"), id = call.Query("id") ?? "default";
        LentAgents found = await agents.FindAsync(build, id, call.Ct);
        await using HijackedConnection connection = await call.HijackAsync("101 UPGRADED", [new("Connection", "Upgrade"), new("Upgrade", "tcp")]);
        await found.LendAsync(id, connection);
    }

    private async Task FilesAsync(ApiCall call)
    {
        string image = call.Query("image") ?? throw WharfException.Invalid("the image is missing");
        call.Http.Response.ContentType = "application/x-tar";
        string? prefix = call.Flag("attestations") ? call.Query("attestationprefix") ?? "" : null;
        await builds.ExportFilesAsync(image, prefix, call.Http.Response.Body, call.Ct);
    }

    private async Task ExportCacheAsync(ApiCall call)
    {
        string build = call.Query("buildid") ?? throw WharfException.Invalid("build ID not provided");
        var target = new CacheSpec("local", null)
        {
            IsMax = call.Query("mode") == "max",
            Packing = LayerPacking.Parse(call.Query("compression"), call.Query("compressionlevel"), call.Flag("forcecompression"), oci: true),
        };
        call.Http.Response.ContentType = "application/x-tar";
        await builds.ExportCacheAsync(build, target, call.Http.Response.Body, call.Ct);
    }

    private async Task ReceiveCacheAsync(ApiCall call)
    {
        await builds.ReceiveCacheAsync(call.Query("id") ?? throw WharfException.Invalid("the id of the build cache is missing"), call.Http.Request.Body, call.Ct);
        await call.StatusAsync(200);
    }

    private Task CancelAsync(ApiCall call)
    {
        builds.Cancel(call.Query("id") ?? throw WharfException.Invalid("build ID not provided"));
        return call.StatusAsync(200);
    }

    private async Task ExportAsync(ApiCall call)
    {
        call.Http.Response.ContentType = "application/x-tar";
        await builds.ExportCacheMountAsync(CacheMountId(call), call.Http.Response.Body, call.Ct);
    }

    private async Task ImportAsync(ApiCall call)
    {
        await builds.ImportCacheMountAsync(CacheMountId(call), call.Http.Request.Body, call.Ct);
        await call.StatusAsync(200);
    }

    private static string CacheMountId(ApiCall call) => call.Query("id") ?? throw WharfException.Invalid("the id of a cache mount is missing");

    private async Task PruneAsync(ApiCall call)
    {
        var request = new BuildPruneRequest
        {
            Filters = FilterSet.Parse(call.Query("filters")),
            All = call.Flag("all"),
            // keep-storage is the name that reserved-space had before API 1.48.
            ReservedSpace = call.Number("reserved-space") ?? call.Number("keep-storage") ?? 0,
            MaxUsedSpace = call.Number("max-used-space") ?? 0,
            MinFreeSpace = call.Number("min-free-space") ?? 0,
        };
        BuildPruneResult result = await builds.PruneAsync(request, call.Ct);
        await call.WriteAsync(new BuildPruneResponse { CachesDeleted = result.Deleted, SpaceReclaimed = result.SpaceReclaimed }, ApiJson.Context.BuildPruneResponse);
    }

    private static Task NoBuildKitAsync(ApiCall call) =>
        throw WharfException.Invalid("this engine has no BuildKit sessions: set DOCKER_BUILDKIT=0 to use the classic builder");
}
