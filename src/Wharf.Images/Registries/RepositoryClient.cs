using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Wharf.Images.Archives;
using Wharf.Images.Index;
using Wharf.Oci.Distribution;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Registries;

/// <summary>Reading of one repository: OCI distribution specification 1.1, "Pull" and "Content Discovery".</summary>
internal sealed class RepositoryClient(RegistrySession session, ImageReference reference)
{
    private const int MaxTagPages = 1000;
    private static readonly string[] ManifestTypes =
    [
        MediaTypes.OciIndex, MediaTypes.OciManifest, MediaTypes.DockerList, MediaTypes.DockerManifest, MediaTypes.DockerSchema1Signed, MediaTypes.DockerSchema1,
    ];

    public ImageReference Reference => reference;

    public RegistrySession Session => session;

    /// <summary>No credentials were shown so far: what was read, anybody may read.</summary>
    public bool IsAnonymous => session.Authenticator.IsAnonymous;

    public RegistryEndpoint Endpoint => session.Endpoint;

    /// <summary>Digest, type and size of what a tag or digest stands for; null when the registry does not say, or has a refusal to give in full.</summary>
    public async Task<Descriptor?> HeadManifestAsync(string tagOrDigest, CancellationToken ct)
    {
        using HttpResponseMessage response = await session.SendAsync(() => ManifestRequest(HttpMethod.Head, tagOrDigest), ct).ConfigureAwait(false);
        return response.IsSuccessStatusCode
            && response.Headers.TryGetValues("Docker-Content-Digest", out IEnumerable<string>? values) && Digest.TryParse(values.FirstOrDefault(), out Digest digest)
            && response.Content.Headers.ContentType?.MediaType is { } mediaType
            ? new Descriptor { MediaType = mediaType, Digest = digest, Size = response.Content.Headers.ContentLength ?? 0 }
            : null;
    }

    /// <summary>A manifest or index, checked against its digest when it was asked for by one.</summary>
    /// <exception cref="WharfException">NotFound with Docker's texts; DataLoss when the content is not what the digest says.</exception>
    public async Task<ImageDocument> GetManifestAsync(string tagOrDigest, CancellationToken ct)
    {
        (byte[] content, string? said) = await session.PersistAsync(async () =>
        {
            using HttpResponseMessage response = await session.SendAsync(() => ManifestRequest(HttpMethod.Get, tagOrDigest), ct).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                RegistryFailure failure = await RegistryFailure.ReadAsync(response, ct).ConfigureAwait(false);
                throw PullErrors.Of(failure, reference, $"Get \"{session.Endpoint.Url($"{reference.Path}/manifests/{tagOrDigest}")}\"");
            }

            return (await ReadDocumentAsync(response, ct).ConfigureAwait(false), response.Content.Headers.ContentType?.MediaType);
        }, ct).ConfigureAwait(false);
        Digest digest = Digest.Sha256(content);
        if (Digest.TryParse(tagOrDigest, out Digest wanted) && (wanted.Algorithm != "sha256" || wanted != digest))
        {
            throw WharfException.DataLoss($"image verification failed for digest {wanted}");
        }

        string mediaType = said ?? MediaTypeIn(content);
        if (MediaTypes.IsSchema1(mediaType) || mediaType is "application/json" or "text/plain" && SchemaVersionIn(content) == 1)
        {
            throw PullErrors.Schema1(reference);
        }

        return new ImageDocument(digest, mediaType is "application/json" or "text/plain" ? MediaTypeIn(content) : mediaType, content);
    }

    /// <summary>A small blob as a whole, verified.</summary>
    public async Task<byte[]> GetDocumentBlobAsync(Descriptor descriptor, CancellationToken ct)
    {
        if (descriptor.Size > Limits.Document || descriptor.Digest.Algorithm != "sha256")
        {
            throw WharfException.Invalid($"configuration {descriptor.Digest} has {descriptor.Size} bytes, at most {Limits.Document} are allowed");
        }

        byte[] content = await session.PersistAsync(async () =>
        {
            using HttpResponseMessage response = await OpenBlobAsync(descriptor.Digest, 0, ct).ConfigureAwait(false);
            return await ReadDocumentAsync(response, ct).ConfigureAwait(false);
        }, ct).ConfigureAwait(false);
        return content.Length == descriptor.Size && Digest.Sha256(content) == descriptor.Digest
            ? content
            : throw WharfException.DataLoss($"image config verification failed for digest {descriptor.Digest}");
    }

    /// <summary>Begins the reading of a blob, from <paramref name="offset"/> when the registry can (then the status is 206).</summary>
    public async Task<HttpResponseMessage> OpenBlobAsync(Digest digest, long offset, CancellationToken ct)
    {
        HttpResponseMessage response = await session.SendAsync(() =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, session.Endpoint.Url($"{reference.Path}/blobs/{digest}"));
            if (offset > 0)
            {
                request.Headers.Range = new RangeHeaderValue(offset, null);
            }

            return request;
        }, ct).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            RegistryFailure failure = await RegistryFailure.ReadAsync(response, ct).ConfigureAwait(false);
            throw PullErrors.OfBlob(failure, reference, digest);
        }
    }

    /// <summary>All tags, page by page.</summary>
    public async Task<IReadOnlyList<string>> ListTagsAsync(CancellationToken ct)
    {
        var tags = new List<string>();
        Uri? page = session.Endpoint.Url($"{reference.Path}/tags/list");
        for (int i = 0; page is not null && i < MaxTagPages; i++)
        {
            Uri url = page;
            using HttpResponseMessage response = await session.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, url), ct).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw PullErrors.Of(await RegistryFailure.ReadAsync(response, ct).ConfigureAwait(false), reference, $"Get \"{url}\"");
            }

            try
            {
                TagList list = JsonSerializer.Deserialize(await ReadDocumentAsync(response, ct).ConfigureAwait(false), OciImageJson.TagList) ?? new TagList();
                tags.AddRange((list.Tags ?? []).Where(ImageReference.IsTag));
            }
            catch (JsonException e)
            {
                throw WharfException.Internal($"invalid list of tags from {url.Authority}: {JsonMistake.Of(e)}", e);
            }

            page = NextPage(response, url);
        }

        return tags;
    }

    private static Uri? NextPage(HttpResponseMessage response, Uri current)
    {
        if (!response.Headers.TryGetValues("Link", out IEnumerable<string>? links) || links.FirstOrDefault() is not { } link
            || !link.Contains("rel=\"next\"", StringComparison.Ordinal) || link.IndexOf('>') is var end && end < 2 || link[0] != '<')
        {
            return null;
        }

        return Uri.TryCreate(current, link[1..end], out Uri? next) && next.Authority == current.Authority && next.Scheme == current.Scheme ? next : null;
    }

    private HttpRequestMessage ManifestRequest(HttpMethod method, string tagOrDigest)
    {
        var request = new HttpRequestMessage(method, session.Endpoint.Url($"{reference.Path}/manifests/{tagOrDigest}"));
        foreach (string type in ManifestTypes)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        }

        return request;
    }

    private static async Task<byte[]> ReadDocumentAsync(HttpResponseMessage response, CancellationToken ct)
    {
        if (response.Content.Headers.ContentLength > Limits.Document)
        {
            throw WharfException.Invalid($"document of {response.Content.Headers.ContentLength} bytes, at most {Limits.Document} are allowed");
        }

        try
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
            using var content = new MemoryStream();
            var buffer = new byte[16 * 1024];
            int read;
            while ((read = await body.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
            {
                if (content.Length + read > Limits.Document)
                {
                    throw WharfException.Invalid($"document of more than {Limits.Document} bytes");
                }

                content.Write(buffer, 0, read);
            }

            return content.ToArray();
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw WharfException.Unavailable($"Get \"{response.RequestMessage?.RequestUri}\": unexpected EOF", e);
        }
    }

    private static string MediaTypeIn(byte[] content) => Field(content) is { MediaType: { Length: > 0 } type } ? type : MediaTypes.OciManifest;

    private static int SchemaVersionIn(byte[] content) => Field(content)?.SchemaVersion ?? 0;

    private static ImageManifest? Field(byte[] content)
    {
        try
        {
            return OciImageJson.ReadManifest(content);
        }
        catch (WharfException)
        {
            // Whoever uses the document will say what is wrong with it.
            return null;
        }
    }
}
