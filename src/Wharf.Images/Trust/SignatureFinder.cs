using System.Text.Json;
using Wharf.Images.Archives;
using Wharf.Images.Index;
using Wharf.Images.Registries;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Trust;

/// <summary>Where signatures of a manifest are: among its referrers (OCI 1.1) and under the tag <c>sha256-DIGEST.sig</c>, where cosign has always put them.</summary>
internal static class SignatureFinder
{
    // Whoever may push to a repository may add any number; a pull does not read them all.
    private const int Most = 64;
    private static readonly string[] ArtifactTypes = ["application/vnd.dev.cosign.artifact.sig.v1+json", CosignSignature.PayloadType];

    public static async Task<IReadOnlyList<CosignSignature>> FindAsync(RepositoryClient repository, Digest manifest, CancellationToken ct)
    {
        var found = new List<CosignSignature>();
        foreach (string reference in (await ReferrersAsync(repository, manifest, ct).ConfigureAwait(false)).Prepend($"{manifest.Algorithm}-{manifest.Encoded}.sig"))
        {
            ImageDocument? document = await TryGetAsync(repository, reference, ct).ConfigureAwait(false);
            if (document is null || !MediaTypes.IsManifest(document.MediaType))
            {
                continue;
            }

            foreach (Descriptor layer in ManifestDocument.ReadManifest(document.Content, document.MediaType).Layers)
            {
                if (layer.MediaType == CosignSignature.PayloadType && layer.Annotations?.GetValueOrDefault(CosignSignature.Annotation) is { } signature && found.Count < Most)
                {
                    found.Add(new CosignSignature(await repository.GetDocumentBlobAsync(layer, ct).ConfigureAwait(false), signature));
                }
            }
        }

        return found;
    }

    private static async Task<List<string>> ReferrersAsync(RepositoryClient repository, Digest manifest, CancellationToken ct)
    {
        using HttpResponseMessage response = await repository.Session.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Get, repository.Endpoint.Url($"{repository.Reference.Path}/referrers/{manifest}")), ct).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            // a registry from before OCI 1.1; the tag remains
            return [];
        }

        try
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
            byte[] content = new byte[Limits.Document];
            int read = await body.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, ct).ConfigureAwait(false);
            return [.. OciImageJson.ReadIndex(content.AsSpan(0, read)).Manifests.Where(m => ArtifactTypes.Contains(m.ArtifactType)).Take(Most).Select(m => m.Digest.ToString())];
        }
        catch (WharfException e) when (e.Kind == ErrorKind.InvalidArgument)
        {
            return [];
        }
    }

    private static async Task<ImageDocument?> TryGetAsync(RepositoryClient repository, string reference, CancellationToken ct)
    {
        try
        {
            return await repository.GetManifestAsync(reference, ct).ConfigureAwait(false);
        }
        catch (WharfException e) when (e.Kind == ErrorKind.NotFound)
        {
            return null;
        }
    }
}
