using System.Net.Sockets;
using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Client.Http;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Cli.Manifests;

/// <summary>Manifests in a registry: reading them, and putting a list together there.</summary>
internal sealed class RemoteManifests(CliContext cli, bool insecure) : IDisposable
{
    private static readonly string Accepted = string.Join(", ", MediaTypes.DockerManifest, MediaTypes.OciManifest, MediaTypes.DockerList, MediaTypes.OciIndex);

    private readonly Dictionary<string, RegistrySession> _sessions = [];

    /// <summary>One image's manifest.</summary>
    /// <exception cref="CommandException">There is none, or it is a list.</exception>
    public async Task<ManifestRecord> ImageAsync(ImageReference reference, CancellationToken ct)
    {
        (string mediaType, byte[] content, _) = await FetchAsync(reference, ct);
        return MediaTypes.IsIndex(mediaType)
            ? throw new CommandException($"{reference} is a manifest list")
            : await RecordAsync(reference, mediaType, content, null, ct);
    }

    /// <summary>What stands under a name: one image, or the images of a list.</summary>
    public async Task<(bool IsList, IReadOnlyList<ManifestRecord> Images)> AnyAsync(ImageReference reference, CancellationToken ct)
    {
        (string mediaType, byte[] content, _) = await FetchAsync(reference, ct);
        if (!MediaTypes.IsIndex(mediaType))
        {
            return (false, [await RecordAsync(reference, mediaType, content, null, ct)]);
        }

        var images = new List<ManifestRecord>();
        using JsonDocument list = JsonDocument.Parse(content);
        foreach (JsonElement item in list.RootElement.Items("manifests"))
        {
            ImageReference child = reference with { Digest = Digest.Parse(item.Text("digest")) };
            (string type, byte[] manifest, _) = await FetchAsync(child, ct);
            images.Add(await RecordAsync(child, type, manifest, item.Member("platform") is { } platform ? ManifestPlatform.Read(platform) : null, ct));
        }

        return (true, images);
    }

    /// <summary>Lets the list's repository have an image of another repository of the same registry.</summary>
    public async Task CopyAsync(ManifestRecord image, ImageReference list, CancellationToken ct)
    {
        if (image.Ref.Domain != list.Domain)
        {
            throw new CommandException($"{image.Ref} is in another registry than {list}: push the image to {list.Domain} first");
        }

        RegistrySession session = Session(list);
        string[] scopes = [$"repository:{list.Path}:pull,push", $"repository:{image.Ref.Path}:pull"];
        foreach (Digest blob in image.Blobs())
        {
            string path = $"{list.Path}/blobs/uploads/?from={Uri.EscapeDataString(image.Ref.Path)}&mount={Uri.EscapeDataString(blob.ToString())}";
            (ResponseHead head, byte[] body) = await session.SendAsync("POST", path, scopes, null, ct);
            if (head.Status != 201)
            {
                throw head.Status == 202
                    ? new CommandException($"failed to mount blob {blob} from {image.Ref.Name} to {list.Name}: the registry began an upload instead")
                    : RegistrySession.Error(head.Status, body);
            }
        }

        await PutAsync(list, image.Digest.ToString(), image.MediaType, image.Raw, ct);
    }

    /// <returns>True when the registry has entered it among the referrers of its subject.</returns>
    public async Task<bool> PutAsync(ImageReference list, string tagOrDigest, string mediaType, byte[] content, CancellationToken ct)
    {
        (ResponseHead head, byte[] body) = await Session(list).SendAsync("PUT", $"{list.Path}/manifests/{tagOrDigest}", [$"repository:{list.Path}:pull,push"],
            RequestBody.Of(content, mediaType), ct);
        return head.Status is 200 or 201 ? head["OCI-Subject"] is not null : throw RegistrySession.Error(head.Status, body);
    }

    /// <summary>Sends a blob that fits into one request.</summary>
    public async Task<Digest> PutBlobAsync(ImageReference repository, byte[] content, CancellationToken ct)
    {
        Digest digest = Digest.Sha256(content);
        RegistrySession session = Session(repository);
        string[] scopes = [$"repository:{repository.Path}:pull,push"];
        (ResponseHead head, byte[] body) = await session.SendAsync("POST", $"{repository.Path}/blobs/uploads/", scopes, null, ct);
        if (head.Status != 202 || head["Location"] is not { } location)
        {
            throw RegistrySession.Error(head.Status, body);
        }

        // A path, or the whole URL of the same registry: it is asked for where it was spoken to.
        string path = Uri.TryCreate(location, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" ? url.PathAndQuery : location;
        if (!path.StartsWith("/v2/", StringComparison.Ordinal))
        {
            throw new CommandException($"the registry wants uploads sent to {location}, which is not one of its own addresses");
        }

        string target = $"{path["/v2/".Length..]}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}digest={Uri.EscapeDataString(digest.ToString())}";
        (head, body) = await session.SendAsync("PUT", target, scopes, RequestBody.Of(content, "application/octet-stream"), ct);
        return head.Status == 201 ? digest : throw RegistrySession.Error(head.Status, body);
    }

    public async Task<byte[]> BlobAsync(ImageReference repository, Digest digest, CancellationToken ct)
    {
        (_, byte[] content) = await GetAsync(repository, $"{repository.Path}/blobs/{digest}", ct);
        return Digest.Sha256(content) == digest ? content : throw new CommandException($"blob verification failed for digest {digest}");
    }

    /// <summary>The list of what refers to a manifest; null where the registry keeps none.</summary>
    public async Task<byte[]?> TryReferrersAsync(ImageReference repository, Digest subject, CancellationToken ct)
    {
        (ResponseHead head, byte[] body) = await Session(repository).SendAsync("GET", $"{repository.Path}/referrers/{subject}", [$"repository:{repository.Path}:pull"], null, ct);
        return head.Status == 200 ? body : null;
    }

    /// <summary>As <see cref="FetchAsync"/>; null when there is none.</summary>
    public async Task<(string MediaType, byte[] Content)?> TryFetchAsync(ImageReference reference, CancellationToken ct)
    {
        try
        {
            (string type, byte[] content, _) = await FetchAsync(reference, ct);
            return (type, content);
        }
        catch (CommandException e) when (e.Message.StartsWith("no such manifest: ", StringComparison.Ordinal))
        {
            return null;
        }
    }

    public void Dispose()
    {
        foreach (RegistrySession session in _sessions.Values)
        {
            session.Dispose();
        }
    }

    /// <exception cref="CommandException">There is none, or it is another than its digest says.</exception>
    public async Task<(string MediaType, byte[] Content, Digest Digest)> FetchAsync(ImageReference reference, CancellationToken ct)
    {
        string tagOrDigest = reference.Digest.IsEmpty ? reference.Tag! : reference.Digest.ToString();
        (ResponseHead head, byte[] body) = await GetAsync(reference, $"{reference.Path}/manifests/{tagOrDigest}", ct);
        Digest digest = Digest.Sha256(body);
        if (!reference.Digest.IsEmpty && reference.Digest != digest)
        {
            throw new CommandException($"manifest verification failed for digest {reference.Digest}");
        }

        string mediaType = (head["Content-Type"] ?? "").Split(';')[0].Trim();
        return MediaTypes.IsManifest(mediaType) || MediaTypes.IsIndex(mediaType)
            ? (mediaType, body, digest)
            : throw new CommandException($"unsupported manifest format: {mediaType}");
    }

    private async Task<ManifestRecord> RecordAsync(ImageReference reference, string mediaType, byte[] content, ManifestPlatform? platform, CancellationToken ct)
    {
        if (platform is null)
        {
            using JsonDocument manifest = JsonDocument.Parse(content);
            string config = (manifest.RootElement.Member("config") ?? default).Text("digest");
            (_, byte[] json) = await GetAsync(reference, $"{reference.Path}/blobs/{config}", ct);
            if (!Digest.TryParse(config, out Digest expected) || expected != Digest.Sha256(json))
            {
                throw new CommandException($"image config verification failed for digest {config}");
            }

            using JsonDocument image = JsonDocument.Parse(json);
            platform = ManifestPlatform.Read(image.RootElement);
        }

        return new ManifestRecord(reference, mediaType, Digest.Sha256(content), content.Length, content) { Platform = platform };
    }

    private async Task<(ResponseHead Head, byte[] Body)> GetAsync(ImageReference reference, string path, CancellationToken ct)
    {
        ResponseHead head;
        byte[] body;
        try
        {
            (head, body) = await Session(reference).SendAsync("GET", path, [$"repository:{reference.Path}:pull"], null, ct, new KeyValuePair<string, string>("Accept", Accepted));
        }
        catch (WharfException e) when (e.InnerException is SocketException cause)
        {
            throw new CommandException($"failed to configure transport: error pinging v2 registry: Get \"https://{reference.Domain}/v2/\": {Dial(reference.Domain, cause)}");
        }
        catch (WharfException)
        {
            // Docker's client says the same of a registry that it reaches and cannot speak with.
            throw new CommandException($"no such manifest: {reference}");
        }

        return head.Status == 200 ? (head, body)
            : head.Status == 404 ? throw new CommandException($"no such manifest: {reference}")
            : throw RegistrySession.Error(head.Status, body);
    }

    private static string Dial(string domain, SocketException cause)
    {
        var url = new Uri("https://" + domain);
        return DialText.Of(url.Host, url.Port, cause);
    }

    private RegistrySession Session(ImageReference reference)
    {
        if (!_sessions.TryGetValue(reference.Domain, out RegistrySession? session))
        {
            _sessions[reference.Domain] = session = new RegistrySession(cli, reference.Domain, insecure);
        }

        return session;
    }
}
