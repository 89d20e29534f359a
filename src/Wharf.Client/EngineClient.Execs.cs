using Wharf.Api.Execs;
using Wharf.Api.Json;
using Wharf.Client.Answers;
using Wharf.Client.Http;

namespace Wharf.Client;

public sealed partial class EngineClient
{
    /// <returns>The id of the exec.</returns>
    public async ValueTask<string> CreateExecAsync(string container, ExecCreateRequest request, CancellationToken ct)
    {
        using EngineReply reply = await SendAsync("POST", $"/containers/{PathOf(container)}/exec", RequestBody.Json(request, RequestWriter.Write), ct);
        return ShortAnswers.Created(await reply.ReadAllAsync(ct)).Id ?? "";
    }

    /// <summary>Starts an exec whose streams nobody wants.</summary>
    public async ValueTask StartExecAsync(string exec, ExecStartRequest request, CancellationToken ct) =>
        await CallAsync("POST", $"/exec/{exec}/start", RequestBody.Json(request, RequestWriter.Write), ct);

    /// <summary>Starts an exec and takes its streams.</summary>
    public ValueTask<HijackedStream> AttachExecAsync(string exec, ExecStartRequest request, CancellationToken ct) =>
        HijackAsync($"/exec/{exec}/start", RequestBody.Json(request, RequestWriter.Write), ct);

    /// <returns>How it ended; null while it runs.</returns>
    public async ValueTask<long?> ExitCodeOfExecAsync(string exec, CancellationToken ct) =>
        ShortAnswers.ExitCode(await GetBytesAsync($"/exec/{exec}/json", ct));

    public async ValueTask ResizeExecAsync(string exec, int columns, int rows, CancellationToken ct) =>
        await CallAsync("POST", $"/exec/{exec}/resize" + SizeQuery(columns, rows), null, ct);
}
