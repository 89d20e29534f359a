using System.Text.Json;
using Wharf.Api.Images;
using Wharf.Client.Http;

namespace Wharf.Client;

public sealed partial class EngineClient
{
    private static KeyValuePair<string, string>[] AuthHeaders(string? auth) => auth is null ? [] : [new("X-Registry-Auth", auth)];

    /// <summary>Pulls an image; the answer's body is progress.</summary>
    /// <param name="query">fromImage, tag, platform.</param>
    /// <param name="auth">The header's value, or null.</param>
    /// <param name="ct">Stops the pull.</param>
    public ValueTask<EngineReply> CreateImageAsync(Query query, string? auth, CancellationToken ct) =>
        SendAsync("POST", "/images/create" + query, null, ct, AuthHeaders(auth));

    /// <summary>Imports a root file system from a stream; the answer's body is progress.</summary>
    public ValueTask<EngineReply> ImportImageAsync(Query query, Stream? source, CancellationToken ct) =>
        SendAsync("POST", "/images/create" + query, source is null ? null : RequestBody.Of(source, "text/plain"), ct);

    public ValueTask<EngineReply> PushImageAsync(string name, Query query, string auth, CancellationToken ct) =>
        SendAsync("POST", $"/images/{Escape(name)}/push" + query, null, ct, AuthHeaders(auth));

    public ValueTask<EngineReply> LoadImagesAsync(Stream archive, Query query, CancellationToken ct) =>
        SendAsync("POST", "/images/load" + query, RequestBody.Of(archive), ct);

    public ValueTask<EngineReply> SaveImagesAsync(Query query, CancellationToken ct) => SendAsync("GET", "/images/get" + query, null, ct);

    public ValueTask<List<ImageSummary>> ListImagesAsync(Query query, CancellationToken ct) =>
        GetAsync("/images/json" + query, Json.ListImageSummary, ct);

    public ValueTask<byte[]> InspectImageRawAsync(string image, Query query, CancellationToken ct) =>
        GetBytesAsync($"/images/{Escape(image)}/json" + query, ct);

    public ValueTask<List<ImageHistoryResponseItem>> ImageHistoryAsync(string image, Query query, CancellationToken ct) =>
        GetAsync($"/images/{Escape(image)}/history" + query, Json.ListImageHistoryResponseItem, ct);

    public async ValueTask TagImageAsync(string source, string repository, string tag, CancellationToken ct) =>
        await CallAsync("POST", $"/images/{Escape(source)}/tag" + new Query { { "repo", repository }, { "tag", tag } }, null, ct);

    public async ValueTask<List<ImageDeleteResponseItem>> RemoveImageAsync(string image, Query query, CancellationToken ct)
    {
        using EngineReply reply = await SendAsync("DELETE", $"/images/{Escape(image)}" + query, null, ct);
        return await reply.ReadAsync(Json.ListImageDeleteResponseItem, ct);
    }

    /// <summary>Any prune endpoint: its answer as JSON.</summary>
    public async ValueTask<JsonDocument> PruneAsync(string what, Query query, CancellationToken ct)
    {
        using EngineReply reply = await SendAsync("POST", $"/{what}/prune" + query, null, ct);
        return JsonDocument.Parse(await reply.ReadAllAsync(ct));
    }
}
