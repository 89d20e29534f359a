using Wharf.Images.Catalog;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Archives;

/// <summary>Makes an image of one layer out of the tar of a root file system, from the request or from an address.</summary>
internal sealed class ImageImporter(ImageComposer composer, ImageSurroundings surroundings, ImageServiceOptions options, TimeProvider clock)
{
    public async Task<Digest> ImportAsync(ImportRequest request, IProgress<TransferEvent> progress, CancellationToken ct)
    {
        var report = new TransferProgress(progress, clock);
        if (request.Source is { } source)
        {
            return await ImportAsync(request, source, report, ct).ConfigureAwait(false);
        }

        string url = request.SourceUrl ?? throw WharfException.Invalid("import needs a source");
        string address = url.Contains("://", StringComparison.Ordinal) ? url : "http://" + url;
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
        {
            throw WharfException.Invalid($"invalid source address \"{url}\": http or https expected");
        }

        report.Message($"Downloading from {uri}");
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = true, MaxAutomaticRedirections = 10, ConnectTimeout = TimeSpan.FromSeconds(30) };
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        try
        {
            using HttpResponseMessage response = await client.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw WharfException.Internal($"failed to GET {uri} with status {(int)response.StatusCode} {response.ReasonPhrase}");
            }

            long total = response.Content.Headers.ContentLength ?? 0;
            await using Stream body = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
            await using var counted = new CountingStream(body, done => report.Bar("", "Importing", done, total));
            return await ImportAsync(request, counted, report, ct).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw Registries.ConnectionErrors.Of("GET", uri, e);
        }
    }

    private async Task<Digest> ImportAsync(ImportRequest request, Stream source, TransferProgress report, CancellationToken ct)
    {
        Platform platform = (request.Platform ?? Platform.Host).Normalized();
        if (platform.Os != Platform.Host.Os)
        {
            throw WharfException.Invalid("operating system is not supported");
        }

        string created = Rfc3339.Format(clock.GetUtcNow());
        string comment = request.Message.Length > 0 ? request.Message : "Imported from " + (request.SourceUrl ?? "-");
        Digest id = await composer.CreateAsync(new ImageCreation
        {
            Config = new ImageConfig
            {
                Architecture = platform.Architecture,
                Variant = platform.Architecture == "arm64" ? null : platform.Variant,
                Os = platform.Os,
                Comment = comment,
                Created = created,
                DockerVersion = options.EngineVersion.Length > 0 ? options.EngineVersion : null,
                Config = request.Config ?? new RunConfig(),
            },
            History = [new HistoryEntry { Created = created, Comment = comment }],
            Layers = [source],
            Tags = request.Tag is { } tag ? [tag] : [],
        }, ct).ConfigureAwait(false);
        report.Message(id.ToString());
        surroundings.Raise("import", id.ToString(), request.Tag?.WithDefaultTag().Familiar ?? id.ToString(), request.Config?.Labels);
        return id;
    }
}
