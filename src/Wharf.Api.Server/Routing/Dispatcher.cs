using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Wharf.Api.Json;
using Wharf.Api.Progress;
using Wharf.Api.Server.Errors;
using Wharf.Api.Server.Listening;
using Wharf.Api.Versions;
using Wharf.Primitives;

namespace Wharf.Api.Server.Routing;

/// <summary>From a request to its handler and, when that throws, to an error answer. The only try/catch around handlers.</summary>
internal sealed partial class Dispatcher(RouteTable routes, ServerIdentity identity, ILogger log) : IHttpApplication<HttpContext>
{
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        AddIdentity(context.Response.Headers);
        var presence = context.Features.Get<ClientPresence>();
        presence?.BeginRequest();
        ApiCall? call = null;
        try
        {
            BrowserGuard.Check(context);
            call = Resolve(context, out Route? route);
            if (route is null)
            {
                presence?.WatchDisconnect();
                await (HttpMethods.IsOptions(context.Request.Method) ? call.StatusAsync(StatusCodes.Status200OK) : NotFoundAsync(context));
                return;
            }

            if (route.Style == RouteStyle.Plain)
            {
                presence?.WatchDisconnect();
            }

            LogCall(context.Request.Method, context.Request.Path);
            await route.Handler(call);
        }
        catch (Exception error)
        {
            await FailAsync(context, call, error);
        }
    }

    private ApiCall Resolve(HttpContext context, out Route? route)
    {
        HttpRequest request = context.Request;
        RequestPath path = RequestPath.Parse(request.Path.Value ?? "/");
        // An unknown path is unknown in any version; only then does the version count, as in Docker's engine.
        route = routes.Find(request.Method, path.Segments, ApiVersion.Newest, out RouteValues values);
        ApiVersion version = ApiVersion.Newest;
        if (route is not null)
        {
            version = path.ResolveVersion();
            if (version < route.Since)
            {
                route = routes.Find(request.Method, path.Segments, version, out values);
            }
        }

        return new ApiCall(context, version, values);
    }

    private void AddIdentity(IHeaderDictionary headers)
    {
        headers["Api-Version"] = ApiVersion.Newest.ToString();
        headers["Docker-Experimental"] = identity.Experimental ? "true" : "false";
        headers["Ostype"] = "linux";
        headers["Server"] = $"Docker/{identity.Version} (linux)";
    }

    private static Task NotFoundAsync(HttpContext context) => WriteErrorAsync(context, StatusCodes.Status404NotFound, "page not found");

    private async Task FailAsync(HttpContext context, ApiCall? call, Exception error)
    {
        int status = ErrorStatus.Of(error);
        string message = ErrorStatus.Message(error);
        if (status == ErrorStatus.ClientClosedRequest)
        {
            LogGone(context.Request.Method, context.Request.Path);
        }
        else if (status >= StatusCodes.Status500InternalServerError)
        {
            LogFailure(error is WharfException { Kind: not ErrorKind.Internal } ? null : error, context.Request.Method, context.Request.Path, message);
        }
        else
        {
            LogRefusal(context.Request.Method, context.Request.Path, message);
        }

        if (context.Response.HasStarted || call is { Hijacked: true } || context.RequestAborted.IsCancellationRequested)
        {
            // The status is sent or nobody listens; cutting the connection tells the client that the answer is not whole.
            context.Abort();
            return;
        }

        context.Response.Headers.ContentLength = null;
        await WriteErrorAsync(context, status, message);
    }

    private static async Task WriteErrorAsync(HttpContext context, int status, string message)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        if (status == StatusCodes.Status304NotModified)
        {
            return;
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(new ErrorResponse { Message = message }, ApiJson.Context.ErrorResponse);
        response.ContentType = "application/json";
        response.ContentLength = json.Length + 1;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.BodyWriter.WriteAsync((byte[])[.. json, (byte)'\n']);
        }
    }

    [LoggerMessage(6101, LogLevel.Debug, "Calling {Method} {Path}")]
    private partial void LogCall(string method, PathString path);

    [LoggerMessage(6102, LogLevel.Error, "Handler for {Method} {Path} returned error: {Message}")]
    private partial void LogFailure(Exception? error, string method, PathString path, string message);

    [LoggerMessage(6104, LogLevel.Debug, "Client of {Method} {Path} has gone")]
    private partial void LogGone(string method, PathString path);

    [LoggerMessage(6103, LogLevel.Information, "Handler for {Method} {Path} returned error: {Message}")]
    private partial void LogRefusal(string method, PathString path, string message);
}
