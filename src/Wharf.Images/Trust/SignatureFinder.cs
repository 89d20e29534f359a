using System.Text.Json;
using Wharf.Images.Archives;
using Wharf.Images.Index;
using Wharf.Images.Registries;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Oci.Signing;
using Wharf.Primitives;

namespace Wharf.Images.Trust;

/// <summary>Where signatures of a manifest are: among its referrers (OCI 1.1) and under the tag <c>sha256-DIGEST.sig</c>, where cosign has always put them.</summary>
internal static class SignatureFinder
{
    // Whoever may push to a repository may add any number; a pull does not read them all.
    private const int Most = 64;

    public static async Task<IReadOnlyList<SimpleSigning>> FindAsync(RepositoryClient repository, Digest manifest, CancellationToken ct)
    {
        var found = new List<SimpleSigning>();
        foreach (string reference in (await ReferrersAsync(repository, manifest, ct).ConfigureAwait(false)).Prepend(SimpleSigning.TagOf(manifest)).Distinct())
        {
            ImageDocument? document = await TryGetAsync(repository, reference, ct).ConfigureAwait(false);
            if (document is null || !MediaTypes.IsManifest(document.MediaType))
            {
                continue;
            }

            foreach (Descriptor layer in ManifestDocument.ReadManifest(document.Content, document.MediaType).Layers)
            {
                if (layer.MediaType == SimpleSigning.PayloadType && layer.Annotations?.GetValueOrDefault(SimpleSigning.Annotation) is { } signature && found.Count < Most)
                {
                    found.Add(new SimpleSigning(await repository.GetDocumentBlobAsync(layer, ct).ConfigureAwait(false), signature));
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
            // a registry from before OCI 1.1: whoever refers to something there keeps a list of it under a tag
            ImageDocument? list = await TryGetAsync(repository, SimpleSigning.ReferrersTagOf(manifest), ct).ConfigureAwait(false);
            return list is not null && MediaTypes.IsIndex(list.MediaType) ? Signatures(ManifestDocument.ReadIndex(list.Content, list.MediaType)) : [];
        }

        try
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
            byte[] content = new byte[Limits.Document];
            int read = await body.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, ct).ConfigureAwait(false);
            return Signatures(OciImageJson.ReadIndex(content.AsSpan(0, read)));
        }
        catch (WharfException e) when (e.Kind == ErrorKind.InvalidArgument)
        {
            return [];
        }
    }

    private static List<string> Signatures(ImageIndex list) => [.. list.Manifests.Where(SimpleSigning.IsSignature).Take(Most).Select(m => m.Digest.ToString())];

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
