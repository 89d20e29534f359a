using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Transfers;

/// <summary>
/// Images coming in and going out. Progress is reported in Docker's words, one event at a time, never from two threads at once. A
/// failure before the first event is the request's answer; later ones belong in the stream: the caller decides by what it has sent.
/// </summary>
public interface IImageTransfers
{
    /// <summary>Fetches an image, or all tags of a repository. Clients that ask for the same thing at once share one download.</summary>
    Task PullAsync(PullRequest request, IProgress<TransferEvent> progress, CancellationToken ct);

    /// <summary>Sends one tag, or all tags of a repository, to its registry.</summary>
    Task PushAsync(PushRequest request, IProgress<TransferEvent> progress, CancellationToken ct);

    /// <summary>Takes an archive made by docker save, or an OCI layout, as a tar in any of none, gzip, zstd, bzip2, xz that the archive room reads.</summary>
    /// <param name="archive">Read to its end, once, forward.</param>
    /// <param name="platforms">Of an OCI layout with indexes, these only; empty for the host's best match.</param>
    /// <param name="quiet">No progress, only the results ("Loaded image: …").</param>
    Task<IReadOnlyList<Digest>> LoadAsync(Stream archive, IReadOnlyList<Platform> platforms, bool quiet, IProgress<TransferEvent> progress, CancellationToken ct);

    /// <summary>Writes an archive that is a docker-archive and an OCI layout in one, to <paramref name="output"/>; not disposed.</summary>
    /// <param name="request">Names are looked up before the first byte is written.</param>
    Task SaveAsync(SaveRequest request, Stream output, CancellationToken ct);

    /// <summary>Makes an image of one layer out of a root file system tar; reports the new id as the only status.</summary>
    Task<Digest> ImportAsync(ImportRequest request, IProgress<TransferEvent> progress, CancellationToken ct);

    /// <summary>What a registry has under a name, without fetching it.</summary>
    Task<DistributionInfo> InspectDistributionAsync(ImageReference reference, RegistryCredentials? credentials, CancellationToken ct);

    /// <summary>Tries credentials at a registry (login).</summary>
    /// <returns>The status text and an identity token, empty when the registry gives none.</returns>
    Task<LoginResult> LoginAsync(RegistryCredentials credentials, CancellationToken ct);

    /// <summary>Searches an index (docker.io's, or <c>host/term</c>).</summary>
    Task<IReadOnlyList<SearchResult>> SearchAsync(string term, int limit, IReadOnlyDictionary<string, IReadOnlyList<string>> filters,
        RegistryCredentials? credentials, CancellationToken ct);
}
