using System.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Wharf.Registry.Access;
using Wharf.Registry.Endpoints;
using Wharf.Registry.Storage;

namespace Wharf.Registry.Http;

/// <summary>From a request to its handler: what it names, who makes it, whether that one may, and an answer when anything of it fails.</summary>
internal sealed partial class Dispatcher : IHttpApplication<HttpContext>
{
    private readonly RegistryServices _services;
    private readonly IAccessGate _gate;
    private readonly TokenEndpoint? _tokens;
    private readonly HealthEndpoint _health;
    private readonly IReadOnlyList<KeyValuePair<string, string>> _headers;
    private readonly AccessLog? _access;
    private readonly ILogger _log;
    private readonly Dictionary<(TargetKind, string), Operation> _operations;

    /// <param name="services">What handlers work with.</param>
    /// <param name="gate">Who may come in.</param>
    /// <param name="tokens">The registry's own token server; null when it has none.</param>
    /// <param name="health">Answers probes.</param>
    /// <param name="headers">What the operator wants on every answer.</param>
    /// <param name="access">A line for every request; null for none.</param>
    /// <param name="log">Failures.</param>
    public Dispatcher(RegistryServices services, IAccessGate gate, TokenEndpoint? tokens, HealthEndpoint health,
        IReadOnlyList<KeyValuePair<string, string>> headers, AccessLog? access, ILogger log)
    {
        (_services, _gate, _tokens, _health, _headers, _access, _log) = (services, gate, tokens, health, headers, access, log);
        var blobs = new BlobEndpoints(services);
        var uploads = new UploadEndpoints(services);
        var manifests = new ManifestEndpoints(services);
        var lists = new ListEndpoints(services);
        _operations = new()
        {
            [(TargetKind.Base, "GET")] = new(null, call => call.BytesAsync(200, "application/json; charset=utf-8", "{}"u8.ToArray())),
            [(TargetKind.Catalog, "GET")] = new(null, lists.CatalogAsync),
            [(TargetKind.Tags, "GET")] = new(Actions.Pull, lists.TagsAsync),
            [(TargetKind.Manifest, "GET")] = new(Actions.Pull, manifests.GetAsync),
            [(TargetKind.Manifest, "PUT")] = new(Actions.Push, manifests.PutAsync),
            [(TargetKind.Manifest, "DELETE")] = new(Actions.Delete, manifests.DeleteAsync),
            [(TargetKind.Blob, "GET")] = new(Actions.Pull, blobs.GetAsync),
            [(TargetKind.Blob, "DELETE")] = new(Actions.Delete, blobs.DeleteAsync),
            [(TargetKind.Uploads, "POST")] = new(Actions.Push, uploads.BeginAsync),
            [(TargetKind.Upload, "GET")] = new(Actions.Push, uploads.StatusAsync),
            [(TargetKind.Upload, "PATCH")] = new(Actions.Push, uploads.AppendAsync),
            [(TargetKind.Upload, "PUT")] = new(Actions.Push, uploads.CloseAsync),
            [(TargetKind.Upload, "DELETE")] = new(Actions.Push, uploads.CancelAsync),
            [(TargetKind.Referrers, "GET")] = new(Actions.Pull, lists.ReferrersAsync),
        };
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        long start = Stopwatch.GetTimestamp();
        _services.Meters.Begin();
        RegistryCall? call = null;
        try
        {
            foreach ((string name, string value) in _headers)
            {
                context.Response.Headers.Append(name, value);
            }

            call = new RegistryCall(context, Target.Parse(context.Request.Path.Value ?? "/"));
            await HandleAsync(call);
        }
        catch (Exception error)
        {
            await FailAsync(context, error);
        }

        TimeSpan took = Stopwatch.GetElapsedTime(start);
        _services.Meters.End(Known(context.Request.Method), call?.Target.Kind.ToString().ToLowerInvariant() ?? "none", context.Response.StatusCode, took);
        _access?.Write(context, call?.Caller.Name ?? "", took);
    }

    private async Task HandleAsync(RegistryCall call)
    {
        if (call.Target.Kind == TargetKind.None)
        {
            await OutsideAsync(call);
            return;
        }

        call.Header("Docker-Distribution-Api-Version", "registry/2.0");
        string method = call.IsHead ? "GET" : call.Method;
        if (!_operations.TryGetValue((call.Target.Kind, method), out Operation? operation))
        {
            call.Response.Headers.Allow = string.Join(", ", _operations.Keys.Where(k => k.Item1 == call.Target.Kind).Select(k => k.Item2));
            throw RegistryFault.Unsupported();
        }

        await AdmitAsync(call, operation.Action);
        if (operation.Action is Actions.Push or Actions.Delete)
        {
            CheckWritable(operation.Action);
        }

        await operation.Handler(call);
    }

    private async Task AdmitAsync(RegistryCall call, string? action)
    {
        string? scope = action is not null ? $"repository:{call.Repository}:{(action == Actions.Push ? "pull,push" : action)}"
            : call.Target.Kind == TargetKind.Catalog ? "registry:catalog:*" : null;
        try
        {
            call.Caller = await _gate.IdentifyAsync(call.Request, call.Ct);
        }
        catch (RegistryFault fault) when (fault.Status == 401)
        {
            Challenge(call, scope, "invalid_token");
            throw;
        }

        bool anonymous = call.Caller.Name.Length == 0 && call.Request.Headers.Authorization.Count == 0;
        bool allowed = _gate.IsOpen || (action is not null ? call.Caller.May(call.Repository, action)
            : call.Target.Kind == TargetKind.Catalog ? call.Caller.MayList || !anonymous : !anonymous);
        if (allowed)
        {
            return;
        }

        if (anonymous)
        {
            Challenge(call, scope, null);
            throw RegistryFault.Unauthorized("authentication required");
        }

        // A token can be had with a wider scope; a user cannot become another one.
        if (call.Caller is TokenCaller)
        {
            Challenge(call, scope, "insufficient_scope");
            throw RegistryFault.Unauthorized("authentication required");
        }

        throw RegistryFault.Denied();
    }

    private void Challenge(RegistryCall call, string? scope, string? error)
    {
        if (_gate.Challenge(call.Request, scope, error) is { } challenge)
        {
            call.Response.Headers.WWWAuthenticate = challenge;
        }
    }

    private void CheckWritable(string action)
    {
        if (_services.Upstream is not null)
        {
            throw RegistryFault.Unsupported("this registry is a cache of another one; push there");
        }

        if (_services.Limits.ReadOnly)
        {
            throw RegistryFault.Unsupported("this registry is read-only");
        }

        if (action == Actions.Delete && !_services.Limits.AllowDelete)
        {
            throw RegistryFault.Unsupported("deletion is not enabled on this registry");
        }
    }

    private Task OutsideAsync(RegistryCall call) => (call.Request.Path.Value ?? "/") switch
    {
        "/" => call.TextAsync(StatusCodes.Status200OK, "wharf-registry\n"),
        "/healthz" => _health.HealthAsync(call),
        "/token" when _tokens is not null => _tokens.HandleAsync(call),
        _ => call.TextAsync(StatusCodes.Status404NotFound, "404 page not found\n"),
    };

    private async Task FailAsync(HttpContext context, Exception error)
    {
        RegistryFault fault = error as RegistryFault ?? Translate(error);
        bool gone = context.RequestAborted.IsCancellationRequested || error is BadHttpRequestException or Microsoft.AspNetCore.Connections.ConnectionResetException;
        if (fault.Status >= 500 && !gone)
        {
            LogFailure(Inodes.IsNoSpace(error) || error is RegistryFault ? null : error, context.Request.Method, context.Request.Path, fault.Message);
        }

        if (context.Response.HasStarted || gone)
        {
            // Half an answer is out, or nobody listens: cutting the connection says that this is not the whole.
            context.Abort();
            return;
        }

        byte[] body = ErrorBody.Of(fault);
        context.Response.StatusCode = fault.Status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = body.Length;
        if (fault.Status == StatusCodes.Status429TooManyRequests)
        {
            context.Response.Headers.RetryAfter = "5";
        }

        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.BodyWriter.WriteAsync(body);
        }
    }

    private static RegistryFault Translate(Exception error) =>
        Inodes.IsNoSpace(error) ? RegistryFault.NoSpace() : new RegistryFault(500, "UNKNOWN", "unknown error");

    // Whatever else a client makes up must not become a label of its own.
    private static string Known(string method) => method is "GET" or "HEAD" or "PUT" or "POST" or "PATCH" or "DELETE" or "OPTIONS" ? method : "OTHER";

    private sealed record Operation(string? Action, Func<RegistryCall, Task> Handler);

    [LoggerMessage(8001, LogLevel.Error, "{Method} {Path}: {Message}")]
    private partial void LogFailure(Exception? error, string method, PathString path, string message);
}
