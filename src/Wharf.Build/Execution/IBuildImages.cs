using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>An image as a stage starts from it.</summary>
/// <param name="Id">Empty for scratch.</param>
public sealed record BuildImage(Digest Id, ImageConfig Config);

/// <summary>What the builder needs of images; the engine gives it.</summary>
public interface IBuildImages
{
    /// <summary>Finds an image here, or pulls it when it is missing or <paramref name="pull"/> says so.</summary>
    Task<BuildImage> ResolveAsync(string name, string? platform, bool pull, IBuildOutput output, CancellationToken ct);

    /// <summary>An image that is here, by name or id; null when it is not. Nothing is fetched.</summary>
    BuildImage? Find(string name);

    /// <summary>The image of a finished step, when it is still here.</summary>
    bool TryGet(Digest id, out BuildImage image);

    /// <summary>A step that changed only the configuration.</summary>
    Task<Digest> CreateAsync(Digest parent, ImageConfig config, HistoryEntry history, CancellationToken ct);

    /// <summary>A step whose layer another image has already on the same layers below.</summary>
    /// <exception cref="WharfException">NotFound: it has not.</exception>
    Task<Digest> AdoptAsync(Digest parent, ImageConfig config, HistoryEntry history, Digest layer, CancellationToken ct);

    /// <summary>A step that changed files: the root of the workspace becomes the image's newest layer.</summary>
    /// <param name="workspaceId">Workspace or container.</param>
    /// <param name="config">Configuration of the new image.</param>
    /// <param name="history">Its line.</param>
    /// <param name="keep">Copy the files, as the workspace is to live on; otherwise they become the layer as they are.</param>
    /// <param name="ct">Ends it, and nothing is left.</param>
    Task<Digest> CommitAsync(string workspaceId, ImageConfig config, HistoryEntry history, bool keep, CancellationToken ct);

    /// <summary>The same image with one layer for all that it adds to a base, made at the epoch, if there is one, and not now.</summary>
    Task<Digest> SquashAsync(Digest image, Digest baseImage, DateTimeOffset? epoch, CancellationToken ct);

    /// <summary>The digest by which a registry has the image, or would know what it has; its id when it never was in one.</summary>
    Digest ManifestOf(Digest image);

    /// <summary>Says of an image what the build has to say beside the configuration, in place of what was said before.</summary>
    Task DescribeAsync(Digest image, BuildDescription description, CancellationToken ct);

    Task TagAsync(Digest image, ImageReference tag, CancellationToken ct);
}
