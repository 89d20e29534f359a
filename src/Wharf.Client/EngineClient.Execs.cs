using Wharf.Api.Containers;
using Wharf.Api.Execs;
using Wharf.Api.Json;
using Wharf.Client.Http;

namespace Wharf.Client;

public sealed partial class EngineClient
{
    /// <returns>The id of the exec.</returns>
    public async ValueTask<string> CreateExecAsync(string container, ExecCreateRequest request, CancellationToken ct)
    {
        IdResponse response = await PostAsync($"/containers/{Escape(container)}/exec", RequestBody.Json(request, RequestJsonContext.Default.ExecCreateRequest), Json.IdResponse, ct);
        return response.Id ?? "";
    }

    /// <summary>Starts an exec whose streams nobody wants.</summary>
    public async ValueTask StartExecAsync(string exec, ExecStartRequest request, CancellationToken ct) =>
        await CallAsync("POST", $"/exec/{exec}/start", RequestBody.Json(request, RequestJsonContext.Default.ExecStartRequest), ct);

    /// <summary>Starts an exec and takes its streams.</summary>
    public ValueTask<HijackedStream> AttachExecAsync(string exec, ExecStartRequest request, CancellationToken ct) =>
        HijackAsync($"/exec/{exec}/start", RequestBody.Json(request, RequestJsonContext.Default.ExecStartRequest), ct);

    public ValueTask<ExecInspectResponse> InspectExecAsync(string exec, CancellationToken ct) =>
        GetAsync($"/exec/{exec}/json", Json.ExecInspectResponse, ct);

    public async ValueTask ResizeExecAsync(string exec, int columns, int rows, CancellationToken ct) =>
        await CallAsync("POST", $"/exec/{exec}/resize" + SizeQuery(columns, rows), null, ct);
}
