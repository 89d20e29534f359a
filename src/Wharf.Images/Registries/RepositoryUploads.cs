using System.Net;
using System.Net.Http.Headers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Registries;

/// <summary>Writing to one repository: OCI distribution specification 1.1, "Push".</summary>
internal sealed class RepositoryUploads(RegistrySession session, ImageReference reference)
{
    public async Task<bool> BlobExistsAsync(Digest digest, CancellationToken ct)
    {
        using HttpResponseMessage response = await session.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Head, session.Endpoint.Url($"{reference.Path}/blobs/{digest}")), ct).ConfigureAwait(false);
        return response.IsSuccessStatusCode ? true
            : response.StatusCode is HttpStatusCode.NotFound ? false
            : throw Refused(await RegistryFailure.ReadAsync(response, ct).ConfigureAwait(false));
    }

    /// <summary>Asks the registry to take the blob from another repository of its own.</summary>
    /// <returns>Null when it did; else where to upload it, for registries open the upload instead.</returns>
    public async Task<Uri?> MountAsync(Digest digest, string fromPath, CancellationToken ct)
    {
        session.Authenticator.AddScope($"repository:{fromPath}:pull");
        using HttpResponseMessage response = await session.SendAsync(
            () => Empty(HttpMethod.Post, session.Endpoint.Url($"{reference.Path}/blobs/uploads/?mount={digest}&from={Uri.EscapeDataString(fromPath)}")), ct).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.Created ? null : await UploadAddressAsync(response, ct).ConfigureAwait(false);
    }

    public async Task<Uri> BeginUploadAsync(CancellationToken ct)
    {
        using HttpResponseMessage response = await session.SendAsync(
            () => Empty(HttpMethod.Post, session.Endpoint.Url($"{reference.Path}/blobs/uploads/")), ct).ConfigureAwait(false);
        return await UploadAddressAsync(response, ct).ConfigureAwait(false);
    }

    /// <summary>Sends a whole blob and closes the upload.</summary>
    /// <param name="upload">From <see cref="BeginUploadAsync"/> or <see cref="MountAsync"/>.</param>
    /// <param name="content">Makes the content anew for each try.</param>
    /// <param name="expected">Digest it must have; empty when it is what comes out.</param>
    /// <param name="ct">Leaves the upload to the registry's own cleaning.</param>
    public async Task<(Digest Digest, long Size)> UploadAsync(Uri upload, Func<UploadContent> content, Digest expected, CancellationToken ct)
    {
        UploadContent? body = null;
        // In two requests: registries behind some proxies take no body with the last one.
        using HttpResponseMessage sent = await session.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Patch, upload) { Content = body = content() }, ct, patient: false).ConfigureAwait(false);
        Uri next = await UploadAddressAsync(sent, ct).ConfigureAwait(false);
        if (!expected.IsEmpty && body!.Digest != expected)
        {
            throw WharfException.DataLoss($"blob {expected} reads back as {body.Digest}");
        }

        var close = new Uri(next + (next.Query.Length > 1 ? "&" : "?") + "digest=" + Uri.EscapeDataString(body!.Digest.ToString()));
        using HttpResponseMessage closed = await session.SendAsync(() => Empty(HttpMethod.Put, close), ct).ConfigureAwait(false);
        return closed.StatusCode is HttpStatusCode.Created or HttpStatusCode.NoContent or HttpStatusCode.OK
            ? (body.Digest, body.Size)
            : throw Refused(await RegistryFailure.ReadAsync(closed, ct).ConfigureAwait(false));
    }

    /// <summary>Brings a small blob there, unless it is there.</summary>
    public Task SendDocumentAsync(Digest digest, ReadOnlyMemory<byte> content, CancellationToken ct) => session.PersistAsync(async () =>
    {
        if (!await BlobExistsAsync(digest, ct).ConfigureAwait(false))
        {
            Uri upload = await BeginUploadAsync(ct).ConfigureAwait(false);
            await UploadAsync(upload, () => new UploadContent(async (target, token) => await target.WriteAsync(content, token).ConfigureAwait(false), content.Length), digest, ct)
                .ConfigureAwait(false);
        }

        return true;
    }, ct);

    /// <returns>The digest under which the registry has it.</returns>
    public Task<Digest> PutManifestAsync(string tagOrDigest, string mediaType, ReadOnlyMemory<byte> content, CancellationToken ct) => session.PersistAsync(async () =>
    {
        using HttpResponseMessage response = await session.SendAsync(() => new HttpRequestMessage(HttpMethod.Put, session.Endpoint.Url($"{reference.Path}/manifests/{tagOrDigest}"))
        {
            Content = new ReadOnlyMemoryContent(content) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } },
        }, ct).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw Refused(await RegistryFailure.ReadAsync(response, ct).ConfigureAwait(false));
        }

        Digest own = Digest.Sha256(content.Span);
        return response.Headers.TryGetValues("Docker-Content-Digest", out IEnumerable<string>? values) && Digest.TryParse(values.FirstOrDefault(), out Digest said) && said != own
            ? throw WharfException.DataLoss($"registry stored manifest {own} as {said}")
            : own;
    }, ct);

    private static HttpRequestMessage Empty(HttpMethod method, Uri url) => new(method, url) { Content = new ByteArrayContent([]) };

    private async Task<Uri> UploadAddressAsync(HttpResponseMessage response, CancellationToken ct)
    {
        if (response.StatusCode is not (HttpStatusCode.Accepted or HttpStatusCode.NoContent or HttpStatusCode.OK or HttpStatusCode.Created))
        {
            throw Refused(await RegistryFailure.ReadAsync(response, ct).ConfigureAwait(false));
        }

        Uri location = response.Headers.Location ?? throw WharfException.Internal("registry opened an upload without saying where");
        Uri address = location.IsAbsoluteUri ? location : new Uri(session.Endpoint.Address, location);
        return address.Scheme is "http" or "https" && !(address.Scheme == "http" && session.Endpoint.Address.Scheme == "https")
            ? address
            : throw WharfException.Unavailable($"registry wants the upload at {address.Scheme}://{address.Authority}, in clear text");
    }

    private WharfException Refused(RegistryFailure failure) => failure.Code switch
    {
        "DENIED" or "UNAUTHORIZED" => WharfException.Forbidden(failure.Text),
        null when failure.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => WharfException.Forbidden("denied: requested access to the resource is denied"),
        _ => failure.ToException($"push to {session.Endpoint.HostAndPort}/{reference.Path}"),
    };
}
