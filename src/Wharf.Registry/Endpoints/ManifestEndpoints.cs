using Microsoft.AspNetCore.Http;
using Wharf.Oci.Images;
using Wharf.Primitives;
using Wharf.Registry.Http;
using Wharf.Registry.Manifests;
using Wharf.Registry.Notifications;
using Wharf.Registry.Storage;

namespace Wharf.Registry.Endpoints;

/// <summary>Manifests by tag and digest: end-3, end-7 and end-9 of the distribution specification.</summary>
internal sealed class ManifestEndpoints(RegistryServices services)
{
    // What the specification has every registry take in one request is ten.
    private const int MostTags = 100;

    private RegistryStore Store => services.Store;

    public async Task GetAsync(RegistryCall call)
    {
        string reference = call.Target.Reference;
        (Repository repository, ManifestEntry entry) = services.Upstream is null
            ? Find(call.Repository, reference)
            : await services.Upstream.ManifestAsync(call.Repository, reference, call.Ct);
        bool byTag = !Digest.TryParse(reference, out _);
        entry = Negotiate(call, repository, entry, byTag);
        BlobEndpoints.Describe(call, entry.Digest);
        call.Response.Headers.CacheControl = byTag ? "no-cache" : "max-age=31536000";
        call.Response.Headers.Remove("Accept-Ranges");
        call.Response.Headers.Vary = "Accept";
        if (call.Request.Headers.IfNoneMatch.ToString() is { Length: > 0 } known && (known == "*" || known.Contains(entry.Digest.ToString(), StringComparison.Ordinal)))
        {
            await call.StatusAsync(StatusCodes.Status304NotModified);
            return;
        }

        byte[] content = repository.ReadManifest(entry.Digest);
        await call.BytesAsync(StatusCodes.Status200OK, entry.Descriptor.MediaType, content);
        services.Meters.Served(call.IsHead ? 0 : content.Length);
        if (!call.IsHead)
        {
            services.Note("pull", call, entry.Descriptor.MediaType, entry.Digest, content.Length, byTag ? reference : null);
        }
    }

    public async Task PutAsync(RegistryCall call)
    {
        string reference = call.Target.Reference;
        bool byDigest = reference.Contains(':', StringComparison.Ordinal);
        Digest expected = byDigest ? RegistryCall.DigestOf(reference) : default;
        if (!byDigest && !ImageReference.IsTag(reference))
        {
            throw RegistryFault.TagInvalid(reference);
        }

        IReadOnlyList<string> tags = byDigest ? TagsOf(call) : [reference];
        byte[] content = await ReadAsync(call);
        Digest digest = DigestOf(content, byDigest ? expected.Algorithm : "sha256");
        if (byDigest && digest != expected)
        {
            throw RegistryFault.DigestInvalid($"{expected} was said, {digest} came");
        }

        ManifestFacts facts = ManifestReader.Read(content, MediaTypeOf(call.Request));
        CheckForeign(facts);
        Repository repository = Store.Get(call.Repository);
        void Check(RepositoryState state) => CheckNamed(repository, state, facts);
        Check(repository.State);
        var entry = new ManifestEntry(
            new Descriptor { MediaType = facts.MediaType, Digest = digest, Size = content.Length, ArtifactType = facts.Subject.IsEmpty ? null : facts.ArtifactType }, facts.Subject);
        await Store.PutManifestAsync(repository, entry, content, tags, [.. facts.Named], Check, call.Ct);

        call.Response.Headers.Location = services.Links.Manifest(call.Request, call.Repository, digest);
        call.Header("Docker-Content-Digest", digest.ToString());
        if (!facts.Subject.IsEmpty)
        {
            call.Header("OCI-Subject", facts.Subject.ToString());
        }

        if (byDigest && tags.Count > 0)
        {
            call.Response.Headers.Append("OCI-Tag", new Microsoft.Extensions.Primitives.StringValues([.. tags]));
        }

        foreach (string? tag in tags.DefaultIfEmpty<string?>(null))
        {
            services.Note("push", call, facts.MediaType, digest, content.Length, tag);
        }

        await call.StatusAsync(StatusCodes.Status201Created);
    }

    public async Task DeleteAsync(RegistryCall call)
    {
        string reference = call.Target.Reference;
        (Repository repository, ManifestEntry entry) = Find(call.Repository, reference);
        bool byTag = !Digest.TryParse(reference, out _);
        await repository.ChangeAsync(
            state => byTag
                ? state.Tags.ContainsKey(reference) ? state.WithoutTag(reference) : throw RegistryFault.ManifestUnknown(reference)
                : state.Manifests.ContainsKey(entry.Digest) ? state.Without(entry.Digest) : throw RegistryFault.ManifestUnknown(reference),
            call.Ct);
        services.Note("delete", call, entry.Descriptor.MediaType, entry.Digest, 0, byTag ? reference : null);
        await call.StatusAsync(StatusCodes.Status202Accepted);
    }

    private (Repository Repository, ManifestEntry Entry) Find(string name, string reference)
    {
        bool isDigest = reference.Contains(':', StringComparison.Ordinal);
        if (!isDigest && !ImageReference.IsTag(reference))
        {
            throw RegistryFault.TagInvalid(reference);
        }

        Digest digest = isDigest ? RegistryCall.DigestOf(reference) : default;
        // An empty repository and none at all are the same to who asks for an image; clients word their errors by this code.
        Repository repository = Store.Find(name) ?? throw RegistryFault.ManifestUnknown(reference);
        RepositoryState state = repository.State;
        digest = isDigest ? digest : state.Tags.GetValueOrDefault(reference);
        return state.Manifests.TryGetValue(digest, out ManifestEntry? entry) ? (repository, entry) : throw RegistryFault.ManifestUnknown(reference);
    }

    /// <summary>What the client can read: the manifest itself or, for clients from before indexes, the one of it for linux/amd64.</summary>
    private static ManifestEntry Negotiate(RegistryCall call, Repository repository, ManifestEntry entry, bool byTag)
    {
        List<string> accepted = [.. call.Request.Headers.Accept.SelectMany(line => (line ?? "").Split(',')).Select(type => type.Split(';')[0].Trim()).Where(type => type.Length > 0)];
        bool Accepts(string type) => accepted.Count == 0 || accepted.Contains(type) || accepted.Contains("*/*") || accepted.Contains("application/*");
        if (Accepts(entry.Descriptor.MediaType))
        {
            return entry;
        }

        if (byTag && MediaTypes.IsIndex(entry.Descriptor.MediaType))
        {
            Digest child = OciImageJson.ReadIndex(repository.ReadManifest(entry.Digest)).Manifests
                .FirstOrDefault(m => m.Platform is { Os: "linux", Architecture: "amd64" })?.Digest ?? default;
            if (repository.State.Manifests.TryGetValue(child, out ManifestEntry? one) && Accepts(one.Descriptor.MediaType))
            {
                return one;
            }
        }

        throw new RegistryFault(404, "MANIFEST_UNKNOWN", $"the manifest is of type {entry.Descriptor.MediaType}, which the request does not accept");
    }

    /// <summary>The tags that a push by digest sets, each a parameter of its own: the one way to tag what has another digest than sha256.</summary>
    private static List<string> TagsOf(RegistryCall call)
    {
        List<string> tags = [.. call.Request.Query["tag"].Select(tag => tag ?? "").Distinct(StringComparer.Ordinal)];
        return tags.Find(tag => !ImageReference.IsTag(tag)) is { } bad ? throw RegistryFault.TagInvalid(bad)
            : tags.Count > MostTags ? throw new RegistryFault(414, "TAG_INVALID", $"more than {MostTags} tags in one request")
            : tags;
    }

    private void CheckNamed(Repository repository, RepositoryState state, ManifestFacts facts)
    {
        List<Digest> missing = [.. facts.Blobs.Where(b => repository.BlobSize(b) is null)];
        if (!services.Limits.AllowSparseIndexes)
        {
            missing.AddRange(facts.Children.Select(c => c.Digest).Where(c => !state.Manifests.ContainsKey(c)));
        }

        if (missing.Count > 0)
        {
            throw new RegistryFault(404, "MANIFEST_BLOB_UNKNOWN", "manifest references a manifest or blob unknown to registry", ManifestFacts.Detail(missing));
        }
    }

    private void CheckForeign(ManifestFacts facts)
    {
        if (facts.ForeignUrls.Count == 0)
        {
            return;
        }

        // Clients fetch what stands here: whoever may push would choose where everybody's clients connect to.
        if (!services.Limits.AllowForeignLayers)
        {
            throw RegistryFault.ManifestInvalid($"layers that are kept elsewhere are not allowed here ({facts.ForeignUrls[0]})");
        }

        string? bad = facts.ForeignUrls.FirstOrDefault(u => !Uri.TryCreate(u, UriKind.Absolute, out Uri? url) || url.Scheme is not ("https" or "http") || url.UserInfo.Length > 0);
        if (bad is not null)
        {
            throw RegistryFault.ManifestInvalid($"invalid URL of a layer: {bad}");
        }
    }

    private static async Task<byte[]> ReadAsync(RegistryCall call)
    {
        if (call.Request.ContentLength > ManifestReader.MaxSize)
        {
            throw RegistryFault.SizeInvalid($"manifest is larger than {ManifestReader.MaxSize} bytes");
        }

        using var content = new MemoryStream();
        byte[] buffer = new byte[32 * 1024];
        int count;
        while ((count = await call.Request.Body.ReadAsync(buffer, call.Ct)) > 0)
        {
            content.Write(buffer, 0, count);
            if (content.Length > ManifestReader.MaxSize)
            {
                throw RegistryFault.SizeInvalid($"manifest is larger than {ManifestReader.MaxSize} bytes");
            }
        }

        return content.ToArray();
    }

    private static string? MediaTypeOf(HttpRequest request) => request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();

    private static Digest DigestOf(byte[] content, string algorithm) => algorithm == "sha512"
        ? Digest.Parse("sha512:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA512.HashData(content)))
        : Digest.Sha256(content);
}
