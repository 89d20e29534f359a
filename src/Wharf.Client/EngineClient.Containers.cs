using System.Globalization;
using Wharf.Api.Containers;
using Wharf.Api.Json;
using Wharf.Api.Stats;
using Wharf.Client.Answers;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Client;

public sealed partial class EngineClient
{
    private static ClientJson Json => ClientJson.Default;

    public ValueTask<List<ContainerSummary>> ListContainersAsync(Query query, CancellationToken ct) =>
        GetAsync("/containers/json" + query, Json.ListContainerSummary, ct);

    public async ValueTask<ContainerCreateResponse> CreateContainerAsync(ContainerCreateRequest request, string? name, string? platform, CancellationToken ct)
    {
        var query = new Query { { "name", name }, { "platform", platform } };
        using EngineReply reply = await SendAsync("POST", "/containers/create" + query, RequestBody.Json(request, RequestWriter.Write), ct);
        return ShortAnswers.Created(await reply.ReadAllAsync(ct));
    }

    /// <summary>Where a container's ports are published, by port and protocol; null for those that are not.</summary>
    public async ValueTask<Dictionary<string, List<PortBinding>?>> PublishedPortsAsync(string container, CancellationToken ct) =>
        (await GetAsync($"/containers/{PathOf(container)}/json", Json.PublishedPorts, ct)).NetworkSettings?.Ports ?? [];

    /// <summary>What decides how to join a container's streams.</summary>
    public async ValueTask<ContainerGlance> GlanceAtContainerAsync(string container, CancellationToken ct) =>
        ContainerGlance.Parse(await InspectContainerRawAsync(container, size: false, ct));

    /// <summary>The inspect answer as the engine wrote it.</summary>
    public ValueTask<byte[]> InspectContainerRawAsync(string container, bool size, CancellationToken ct) =>
        GetBytesAsync($"/containers/{PathOf(container)}/json" + new Query { { "size", size } }, ct);

    public async ValueTask StartContainerAsync(string container, string? detachKeys, CancellationToken ct) =>
        await CallAsync("POST", $"/containers/{PathOf(container)}/start" + new Query { { "detachKeys", detachKeys } }, null, ct);

    /// <param name="container">Name or id.</param>
    /// <param name="timeoutSeconds">How long the container may take before it is killed; null for its own setting.</param>
    /// <param name="signal">The signal to ask with; empty for its own setting.</param>
    /// <param name="ct">Stops waiting.</param>
    public async ValueTask StopContainerAsync(string container, long? timeoutSeconds, string signal, CancellationToken ct) =>
        await CallAsync("POST", $"/containers/{PathOf(container)}/stop" + StopQuery(timeoutSeconds, signal), null, ct);

    public async ValueTask RestartContainerAsync(string container, long? timeoutSeconds, string signal, CancellationToken ct) =>
        await CallAsync("POST", $"/containers/{PathOf(container)}/restart" + StopQuery(timeoutSeconds, signal), null, ct);

    public async ValueTask KillContainerAsync(string container, string signal, CancellationToken ct) =>
        await CallAsync("POST", $"/containers/{PathOf(container)}/kill" + new Query { { "signal", signal } }, null, ct);

    public async ValueTask PauseContainerAsync(string container, CancellationToken ct) =>
        await CallAsync("POST", $"/containers/{PathOf(container)}/pause", null, ct);

    public async ValueTask UnpauseContainerAsync(string container, CancellationToken ct) =>
        await CallAsync("POST", $"/containers/{PathOf(container)}/unpause", null, ct);

    public async ValueTask RenameContainerAsync(string container, string name, CancellationToken ct) =>
        await CallAsync("POST", $"/containers/{PathOf(container)}/rename" + new Query { { "name", name } }, null, ct);

    public async ValueTask RemoveContainerAsync(string container, bool volumes, bool link, bool force, CancellationToken ct) =>
        await CallAsync("DELETE", $"/containers/{PathOf(container)}" + new Query { { "v", volumes }, { "link", link }, { "force", force } }, null, ct);

    public async ValueTask ResizeContainerAsync(string container, int columns, int rows, CancellationToken ct) =>
        await CallAsync("POST", $"/containers/{PathOf(container)}/resize" + SizeQuery(columns, rows), null, ct);

    public ValueTask<ContainerUpdateResponse> UpdateContainerAsync(string container, ContainerUpdateRequest request, CancellationToken ct) =>
        PostAsync($"/containers/{PathOf(container)}/update", RequestBody.Json(request, Json.ContainerUpdateRequest), Json.ContainerUpdateResponse, ct);

    public ValueTask<ContainerTopResponse> TopAsync(string container, string arguments, CancellationToken ct) =>
        GetAsync($"/containers/{PathOf(container)}/top" + new Query { { "ps_args", arguments } }, Json.ContainerTopResponse, ct);

    public ValueTask<List<FilesystemChange>?> ChangesAsync(string container, CancellationToken ct) =>
        GetAsync($"/containers/{PathOf(container)}/changes", Json.ListFilesystemChange, ct)!;

    /// <summary>
    /// Asks to be told of the container's end. The request is known to the engine when this returns; the answer comes with
    /// <see cref="WaitAnswerAsync"/>.
    /// </summary>
    /// <param name="container">Name or id.</param>
    /// <param name="condition">not-running, next-exit or removed.</param>
    /// <param name="ct">Stops waiting.</param>
    public ValueTask<EngineReply> BeginWaitAsync(string container, string condition, CancellationToken ct) =>
        SendAsync("POST", $"/containers/{PathOf(container)}/wait" + new Query { { "condition", condition } }, null, ct);

    public static async ValueTask<ContainerWaitResponse> WaitAnswerAsync(EngineReply reply, CancellationToken ct)
    {
        using (reply)
        {
            return ShortAnswers.Ended(await reply.ReadAllAsync(ct));
        }
    }

    public ValueTask<HijackedStream> AttachContainerAsync(string container, Query query, CancellationToken ct) =>
        HijackAsync($"/containers/{PathOf(container)}/attach" + query, null, ct);

    public ValueTask<EngineReply> LogsAsync(string container, Query query, CancellationToken ct) =>
        SendAsync("GET", $"/containers/{PathOf(container)}/logs" + query, null, ct);

    public ValueTask<EngineReply> ExportContainerAsync(string container, CancellationToken ct) =>
        SendAsync("GET", $"/containers/{PathOf(container)}/export", null, ct);

    /// <param name="container">Name or id.</param>
    /// <param name="stream">False for one answer.</param>
    /// <param name="oneShot">With no stream: do not wait for a second measurement.</param>
    /// <param name="ct">Ends the stream.</param>
    public ValueTask<EngineReply> StatsAsync(string container, bool stream, bool oneShot, CancellationToken ct) =>
        SendAsync("GET", $"/containers/{PathOf(container)}/stats" + new Query { { "stream", stream ? "1" : "0" }, { "one-shot", oneShot } }, null, ct);

    private static Query StopQuery(long? timeout, string signal) => new()
    {
        { "t", timeout?.ToString(CultureInfo.InvariantCulture) },
        { "signal", signal },
    };

    private static Query SizeQuery(int columns, int rows) => new()
    {
        { "h", rows.ToString(CultureInfo.InvariantCulture) },
        { "w", columns.ToString(CultureInfo.InvariantCulture) },
    };

    /// <summary>The name or id of a container, a network or a volume as it stands in a path.</summary>
    /// <exception cref="WharfException">InvalidArgument for an empty one: the path would lead elsewhere.</exception>
    public static string PathOf(string name, string kind = "container") => string.IsNullOrWhiteSpace(name) ? throw NoName(kind) : Escape(name);

    public static WharfException NoName(string kind) => WharfException.Invalid($"invalid {kind} name or ID: value is empty");

    /// <summary>A name as one path segment; slashes stay, as the engine expects them in image names.</summary>
    public static string Escape(string name) => PercentEncoding.Of(name).Replace("%2F", "/", StringComparison.Ordinal).Replace("%3A", ":", StringComparison.Ordinal);
}
