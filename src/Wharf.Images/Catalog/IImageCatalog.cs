using Wharf.Images.Manifests;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Catalog;

/// <summary>
/// The images that are here, their names and their making. An image is known by its id, the digest of its configuration. Where a
/// member takes <c>name</c>, it is a reference (<c>busybox</c>, <c>host:5000/a:1</c>, <c>a@sha256:…</c>), an id, or an unambiguous id prefix.
/// </summary>
public interface IImageCatalog
{
    /// <summary>The id that <paramref name="name"/> stands for.</summary>
    /// <param name="name">Reference, id or prefix.</param>
    /// <param name="platform">When given, the image must be of it.</param>
    /// <exception cref="WharfException">NotFound "No such image: NAME"; InvalidArgument for malformed names.</exception>
    Digest Resolve(string name, Platform? platform = null);

    /// <summary>As <see cref="Resolve"/>, for an image that is about to run or be built upon: the trust policy must accept it.</summary>
    /// <exception cref="WharfException">Forbidden besides: the policy rejects it, or it was not verified.</exception>
    Digest ResolveTrusted(string name, Platform? platform = null) => Resolve(name, platform);

    bool TryResolve(string name, out Digest imageId);

    /// <exception cref="WharfException">NotFound "No such image: NAME".</exception>
    ImageDetails Inspect(string name, Platform? platform = null);

    /// <summary>The configuration alone; cheap, cached: for container creation and builds.</summary>
    ImageConfig Config(Digest imageId);

    IReadOnlyList<ImageListEntry> List(ImageListQuery query);

    /// <summary>Newest first; entries of the image's parents carry ids where those are known here.</summary>
    IReadOnlyList<ImageHistoryItem> History(string name, Platform? platform = null);

    /// <summary>Gives the image a further name; a name that pointed elsewhere moves.</summary>
    /// <exception cref="WharfException">NotFound; InvalidArgument "refusing to create a tag with a digest reference".</exception>
    Task TagAsync(string name, ImageReference target, CancellationToken ct);

    /// <summary>Removes a name, and the image with its parents and layers when the last name goes.</summary>
    /// <exception cref="WharfException">NotFound; Conflict "conflict: unable to remove repository reference …" and its kin.</exception>
    Task<IReadOnlyList<ImageDeletion>> DeleteAsync(string name, bool force, bool prune, CancellationToken ct);

    /// <summary>Removes the images of single platforms that were pulled under one name; the name stays with those that are left.</summary>
    /// <exception cref="WharfException">NotFound, naming the platform that is not here; Conflict as for a removal.</exception>
    Task<IReadOnlyList<ImageDeletion>> DeletePlatformsAsync(string name, IReadOnlyList<Platform> platforms, bool force, CancellationToken ct);

    /// <summary>The in-toto statements that came with an image for a platform; empty when there are none.</summary>
    /// <param name="name">Reference, id or prefix.</param>
    /// <param name="platform">Null for the image that the name stands for.</param>
    /// <param name="predicateTypes">These only; empty for all.</param>
    /// <exception cref="WharfException">NotFound.</exception>
    IReadOnlyList<ImageAttestation> Attestations(string name, Platform? platform, IReadOnlyList<string> predicateTypes);

    /// <summary>Says of an image what its builder has to say beside the configuration, in place of what was said before.</summary>
    /// <param name="image">Its id.</param>
    /// <param name="form">Plain to say nothing more.</param>
    /// <param name="ct">Ends the wait, not the write.</param>
    /// <exception cref="WharfException">NotFound.</exception>
    Task DescribeAsync(Digest image, ImageForm form, CancellationToken ct);

    /// <summary>Removes dangling images, or with <c>dangling=false</c> all unused ones. Filters: dangling, until, label, label!.</summary>
    Task<ImagePruneReport> PruneAsync(IReadOnlyDictionary<string, IReadOnlyList<string>> filters, CancellationToken ct);

    /// <summary>Makes an image from a parent, a configuration and new layers: the builder's and importer's way.</summary>
    Task<Digest> CreateAsync(ImageCreation creation, CancellationToken ct);

    /// <summary>Makes an image of a container's changes: the changed files become one layer on top of its image.</summary>
    Task<Digest> CommitAsync(ContainerCommit commit, CancellationToken ct);

    /// <summary>Makes an image that looks as <paramref name="image"/> does, with one layer for all that it adds to <paramref name="baseImage"/>.</summary>
    /// <param name="image">The image to squash; it stays.</param>
    /// <param name="baseImage">An image whose layers it stands on; empty for none.</param>
    /// <param name="made">Time of the image; null for now.</param>
    /// <param name="ct">Ends it, and nothing is left.</param>
    Task<Digest> SquashAsync(Digest image, Digest baseImage, DateTimeOffset? made, CancellationToken ct);
}
