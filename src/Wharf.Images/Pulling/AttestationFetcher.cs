using Wharf.Images.Catalog;
using Wharf.Images.Index;
using Wharf.Images.Manifests;
using Wharf.Images.Registries;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Pulling;

/// <summary>Brings along what an index attests of the image that is pulled: manifests and statements, which are small and never run.</summary>
internal static class AttestationFetcher
{
    private const int MostManifests = 16;
    private const int MostStatements = 32;
    private const long MostBytes = 4 * 1024 * 1024;

    /// <returns>Documents to keep with the image.</returns>
    public static async Task<IReadOnlyList<ImageDocument>> FetchAsync(RepositoryClient repository, ImageDocument index, Digest manifest, CancellationToken ct)
    {
        var documents = new List<ImageDocument>();
        if (!MediaTypes.IsIndex(index.MediaType))
        {
            return documents;
        }

        foreach (Descriptor entry in AttestationReader.EntriesFor(ManifestDocument.ReadIndex(index.Content, index.MediaType), manifest).Take(MostManifests))
        {
            try
            {
                ImageDocument attestation = await repository.GetManifestAsync(entry.Digest.ToString(), ct).ConfigureAwait(false);
                documents.Add(attestation);
                ImageManifest stated = ManifestDocument.ReadManifest(attestation.Content, attestation.MediaType);
                foreach (Descriptor layer in stated.Layers.Where(l => l.MediaType == InTotoStatement.MediaType && l.Size <= MostBytes).Take(MostStatements).Append(stated.Config))
                {
                    documents.Add(new ImageDocument(layer.Digest, layer.MediaType, await repository.GetDocumentBlobAsync(layer, ct).ConfigureAwait(false)));
                }
            }
            catch (WharfException e) when (e.Kind is ErrorKind.NotFound or ErrorKind.InvalidArgument or ErrorKind.DataLoss)
            {
                // An image can be run whatever is stated about it; a statement that is not there or not true to its digest is not kept.
            }
        }

        return documents;
    }
}
