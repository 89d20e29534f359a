using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Wharf.Api.Containers;
using Wharf.Api.Json;
using Wharf.Api.Server.Routing;
using Wharf.Engine.Files;
using Wharf.Primitives;

namespace Wharf.Api.Server.Containers;

/// <summary>The files of containers: changes, export, copies in and out.</summary>
internal sealed class ContainerFileRoutes(IContainerFiles files)
{
    private const string PathStatHeaderName = "X-Docker-Container-Path-Stat";

    public IEnumerable<Route> All() =>
    [
        Route.Get("/containers/{id...}/changes", ChangesAsync),
        Route.Get("/containers/{id...}/export", ExportAsync),
        Route.Head("/containers/{id...}/archive", StatAsync),
        Route.Get("/containers/{id...}/archive", ReadAsync),
        Route.Put("/containers/{id...}/archive", WriteAsync),
    ];

    private async Task ChangesAsync(ApiCall call) =>
        await call.WriteAsync(await files.ChangesAsync(call["id"], call.Ct), ApiJson.Context.ListFilesystemChange);

    private async Task ExportAsync(ApiCall call)
    {
        call.Http.Response.ContentType = "application/octet-stream";
        await files.ExportAsync(call["id"], call.Http.Response.Body, call.Ct);
    }

    private async Task StatAsync(ApiCall call)
    {
        WriteStat(call, await files.StatAsync(call["id"], RequiredPath(call), call.Ct));
        await call.StatusAsync(StatusCodes.Status200OK);
    }

    private async Task ReadAsync(ApiCall call)
    {
        ArchiveReader archive = await files.ReadAsync(call["id"], RequiredPath(call), call.Ct);
        WriteStat(call, archive.Stat);
        call.Http.Response.ContentType = "application/x-tar";
        await archive.CopyToAsync(call.Http.Response.Body, call.Ct);
    }

    private async Task WriteAsync(ApiCall call)
    {
        var options = new ArchiveWriteOptions(call.Flag("noOverwriteDirNonDir"), call.Flag("copyUIDGID"));
        await files.WriteAsync(call["id"], RequiredPath(call), call.Http.Request.Body, options, call.Ct);
        await call.StatusAsync(StatusCodes.Status200OK);
    }

    private static string RequiredPath(ApiCall call) =>
        call.Query("path") ?? throw WharfException.Invalid("bad parameter: 'path' cannot be empty");

    private static void WriteStat(ApiCall call, PathStat stat)
    {
        var header = new PathStatHeader
        {
            Name = stat.Name,
            Size = stat.Size,
            Mode = stat.Mode,
            Mtime = stat.ModifiedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"),
            LinkTarget = stat.LinkTarget,
        };
        call.Http.Response.Headers[PathStatHeaderName] =
            Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(header, ApiJson.Context.PathStatHeader));
    }
}
