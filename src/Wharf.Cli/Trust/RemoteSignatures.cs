using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Manifests;
using Wharf.Oci.Images;
using Wharf.Oci.Signing;
using Wharf.Primitives;

namespace Wharf.Cli.Trust;

/// <summary>
/// The signatures of a manifest in its repository. All of them are layers of one manifest under cosign's tag, which names the signed manifest as its subject: a
/// registry of OCI 1.1 lists it among the referrers, and for others the list is kept under its tag, as the distribution specification wants it.
/// </summary>
internal sealed class RemoteSignatures(RemoteManifests remote, ImageReference image)
{
    private const int Most = 64;
    private static readonly byte[] EmptyConfig = "{}"u8.ToArray();

    public async Task<IReadOnlyList<SimpleSigning>> FindAsync(Digest signed, CancellationToken ct)
    {
        var found = new List<SimpleSigning>();
        IEnumerable<string> referrers = (await ReferrersAsync(signed, ct)).Manifests.Where(SimpleSigning.IsSignature).Take(Most).Select(m => m.Digest.ToString());
        foreach (string place in referrers.Prepend(SimpleSigning.TagOf(signed)))
        {
            foreach (Descriptor layer in (await SignaturesAsync(place, ct))?.Layers ?? [])
            {
                if (layer.MediaType == SimpleSigning.PayloadType && layer.Annotations?.GetValueOrDefault(SimpleSigning.Annotation) is { } signature && found.Count < Most)
                {
                    found.Add(new SimpleSigning(await remote.BlobAsync(image, layer.Digest, ct), signature));
                }
            }
        }

        return found;
    }

    public async Task AddAsync(Digest signed, SimpleSigning signature, CancellationToken ct)
    {
        (string signedType, byte[] signedContent, _) = await remote.FetchAsync(image with { Tag = null, Digest = signed }, ct);
        string tag = SimpleSigning.TagOf(signed);
        IReadOnlyList<Descriptor> before = (await SignaturesAsync(tag, ct))?.Layers ?? [];
        if (before.Count >= Most)
        {
            throw new CommandException($"{image.Familiar} has {before.Count} signatures already, of which no more would be looked at");
        }

        var layer = new Descriptor
        {
            MediaType = SimpleSigning.PayloadType,
            Digest = await remote.PutBlobAsync(image, signature.Payload, ct),
            Size = signature.Payload.Length,
            Annotations = new SortedDictionary<string, string>(StringComparer.Ordinal) { [SimpleSigning.Annotation] = signature.Base64Signature },
        };
        byte[] manifest = OciImageJson.Write(new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            ArtifactType = SimpleSigning.ArtifactType,
            Config = new Descriptor { MediaType = MediaTypes.OciConfig, Digest = await remote.PutBlobAsync(image, EmptyConfig, ct), Size = EmptyConfig.Length },
            Layers = [.. before, layer],
            Subject = new Descriptor { MediaType = signedType, Digest = signed, Size = signedContent.Length },
        });
        if (!await remote.PutAsync(image, tag, MediaTypes.OciManifest, manifest, ct))
        {
            await ListAsync(signed, new Descriptor { MediaType = MediaTypes.OciManifest, Digest = Digest.Sha256(manifest), Size = manifest.Length, ArtifactType = SimpleSigning.ArtifactType }, ct);
        }
    }

    // The manifest that this one replaces is in it; what others entered stays.
    private async Task ListAsync(Digest signed, Descriptor entry, CancellationToken ct)
    {
        ImageIndex list = await ListedAsync(signed, ct);
        byte[] content = OciImageJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [.. list.Manifests.Where(m => m.ArtifactType != SimpleSigning.ArtifactType), entry] });
        await remote.PutAsync(image, SimpleSigning.ReferrersTagOf(signed), MediaTypes.OciIndex, content, ct);
    }

    private async Task<ImageIndex> ReferrersAsync(Digest signed, CancellationToken ct) =>
        await remote.TryReferrersAsync(image, signed, ct) is { } listed ? OciImageJson.ReadIndex(listed) : await ListedAsync(signed, ct);

    private async Task<ImageIndex> ListedAsync(Digest signed, CancellationToken ct) =>
        await remote.TryFetchAsync(image with { Tag = SimpleSigning.ReferrersTagOf(signed), Digest = default }, ct) is { } found && MediaTypes.IsIndex(found.MediaType)
            ? OciImageJson.ReadIndex(found.Content)
            : new ImageIndex { Manifests = [] };

    private async Task<ImageManifest?> SignaturesAsync(string tagOrDigest, CancellationToken ct)
    {
        ImageReference place = Digest.TryParse(tagOrDigest, out Digest digest) ? image with { Tag = null, Digest = digest } : image with { Tag = tagOrDigest, Digest = default };
        return await remote.TryFetchAsync(place, ct) is { } found && MediaTypes.IsManifest(found.MediaType) ? OciImageJson.ReadManifest(found.Content) : null;
    }
}
