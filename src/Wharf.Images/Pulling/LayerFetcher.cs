using System.Net;
using Wharf.Archive.Compression;
using Wharf.Images.Content;
using Wharf.Images.Index;
using Wharf.Images.Layers;
using Wharf.Images.Registries;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Pulling;

/// <summary>Fetches layers: from the blob store when a blob is there, else from the registry, straight into whoever reads.</summary>
internal sealed class LayerFetcher(BlobStore blobs, RegistryConnections connections, RegistryRouter router, EndpointResolver resolver,
    SemaphoreSlim slots, ImageServiceOptions options, TimeProvider clock)
{
    private readonly KeyedLocks<Digest> _downloads = new();

    /// <summary>The layer's uncompressed tar; its compressed form is downloaded once, whoever asks.</summary>
    public async Task<Stream> OpenTarAsync(RepositoryClient repository, Descriptor layer, TransferProgress report, CancellationToken ct)
    {
        string id = layer.Digest.Short;
        IDisposable only = await _downloads.AcquireAsync(layer.Digest, ct).ConfigureAwait(false);
        Stream? packed = null;
        try
        {
            if (blobs.TryOpen(layer.Digest) is { } present)
            {
                report.Status(id, "Download complete");
                packed = new OwnedStream(new VerifyingStream(present, layer.Digest), only.Dispose);
            }
            else
            {
                packed = await DownloadAsync(repository, layer, report, only.Dispose, ct).ConfigureAwait(false);
            }

            return new WholeStream((await Decompression.OpenAsync(packed, leaveOpen: false, ct, ahead: true).ConfigureAwait(false)).Content, packed);
        }
        catch
        {
            // A registry that refuses the first byte is met here: the place among the downloads has to be given back all the same.
            if (packed is not null)
            {
                await packed.DisposeAsync().ConfigureAwait(false);
            }

            only.Dispose();
            throw;
        }
    }

    /// <summary>Brings a blob into the blob store from one of the repositories known to have it.</summary>
    public Task<bool> FetchAsync(LayerBlob blob, IReadOnlyList<string> repositories, CancellationToken ct) =>
        FetchAsync(blob, repositories, Timeout.InfiniteTimeSpan, ct);

    /// <param name="blob">What is wanted.</param>
    /// <param name="repositories">Who had it, in the order in which they are asked.</param>
    /// <param name="patience">How long all of them together may take until one begins to send: registries come and go, and the caller has another way.</param>
    /// <param name="ct">Stops all.</param>
    public async Task<bool> FetchAsync(LayerBlob blob, IReadOnlyList<string> repositories, TimeSpan patience, CancellationToken ct)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(ct);
        waiting.CancelAfter(patience);
        using IDisposable only = await _downloads.AcquireAsync(blob.Digest, ct).ConfigureAwait(false);
        if (blobs.Exists(blob.Digest))
        {
            return true;
        }

        foreach (string repository in repositories)
        {
            try
            {
                await router.WithRepositoryAsync(ImageReference.Parse(repository), pulling: true, null, async client =>
                {
                    var descriptor = new Descriptor { MediaType = blob.MediaType, Digest = blob.Digest, Size = blob.Size };
                    await using BlobWriter writer = await blobs.BeginAsync(blob.Digest, blob.Size, ct).ConfigureAwait(false);
                    await using var download = new BlobDownload(writer, descriptor, async (offset, token) =>
                    {
                        HttpResponseMessage begun = await client.OpenBlobAsync(blob.Digest, offset, token).ConfigureAwait(false);
                        waiting.CancelAfter(Timeout.InfiniteTimeSpan);
                        return begun;
                    }, new DownloadOptions { Attempts = 2, Wait = (n, token) => Task.Delay(RegistrySession.WaitOf(null, n), clock, token) }, waiting.Token);
                    await download.CopyToAsync(Stream.Null, waiting.Token).ConfigureAwait(false);
                    return true;
                }, waiting.Token).ConfigureAwait(false);
                return true;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                return false;
            }
            catch (WharfException e) when (e.Kind is ErrorKind.NotFound or ErrorKind.Unavailable or ErrorKind.Unauthorized or ErrorKind.Forbidden)
            {
                // Gone there, or not for us: the next repository may do.
            }
        }

        return false;
    }

    private async Task<Stream> DownloadAsync(RepositoryClient repository, Descriptor layer, TransferProgress report, Action closed, CancellationToken ct)
    {
        string id = layer.Digest.Short;
        // For all pulls together. Given back with the last byte, before the layer waits for the one below: no two pulls can wait for each other.
        await slots.WaitAsync(ct).ConfigureAwait(false);
        int held = 1;
        void Release()
        {
            if (Interlocked.Exchange(ref held, 0) == 1)
            {
                slots.Release();
            }
        }

        BlobWriter writer;
        try
        {
            writer = await blobs.BeginAsync(layer.Digest, layer.Size, ct, unsettled: true).ConfigureAwait(false);
        }
        catch
        {
            Release();
            throw;
        }

        return new BlobDownload(writer, layer, (offset, token) => OpenAsync(repository, layer, offset, token), new DownloadOptions
        {
            Attempts = options.MaxDownloadAttempts,
            Progress = done => report.Bar(id, "Downloading", done, layer.Size),
            Verifying = () => report.Status(id, "Verifying Checksum"),
            Finished = () =>
            {
                Release();
                report.Status(id, "Download complete");
                report.Send(TransferEvent.Of(id, "Extracting", layer.Size, layer.Size));
            },
            Closed = () =>
            {
                Release();
                closed();
            },
            Wait = (attempt, token) => WaitAsync(report, id, attempt, token),
        }, ct);
    }

    private async Task WaitAsync(TransferProgress report, string id, int attempt, CancellationToken ct)
    {
        TimeSpan wait = RegistrySession.WaitOf(null, attempt);
        for (int seconds = (int)Math.Ceiling(wait.TotalSeconds); seconds > 0; seconds--)
        {
            report.Status(id, $"Retrying in {seconds} second{(seconds == 1 ? "" : "s")}");
            TimeSpan pause = wait < TimeSpan.FromSeconds(1) ? wait : TimeSpan.FromSeconds(1);
            await Task.Delay(pause, clock, ct).ConfigureAwait(false);
            wait -= pause;
        }
    }

    private async Task<HttpResponseMessage> OpenAsync(RepositoryClient repository, Descriptor layer, long offset, CancellationToken ct)
    {
        try
        {
            return await repository.OpenBlobAsync(layer.Digest, offset, ct).ConfigureAwait(false);
        }
        catch (WharfException e) when (e.Kind == ErrorKind.NotFound && MediaTypes.IsForeignLayer(layer.MediaType) && layer.Urls is { Count: > 0 } urls)
        {
            if (await OpenForeignAsync(urls, offset, ct).ConfigureAwait(false) is { } foreign)
            {
                return foreign;
            }

            throw;
        }
    }

    /// <summary>A layer that its registry may not distribute, from the address in the manifest: a stranger's server, which learns nothing of us.</summary>
    private async Task<HttpResponseMessage?> OpenForeignAsync(IReadOnlyList<string> urls, long offset, CancellationToken ct)
    {
        foreach (string url in urls)
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0)
            {
                continue;
            }

            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation("User-Agent", connections.UserAgent);
            if (offset > 0)
            {
                request.Headers.Range = new System.Net.Http.Headers.RangeHeaderValue(offset, null);
            }

            bool insecure = await resolver.IsInsecureAsync(address.Authority, address.Host, ct).ConfigureAwait(false);
            HttpResponseMessage response = await connections.For(address, insecure).SendAsync(request, ct).ConfigureAwait(false);
            if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent)
            {
                return response;
            }

            response.Dispose();
        }

        return null;
    }
}
