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

    /// <summary>The image of a finished step, when it is still here.</summary>
    bool TryGet(Digest id, out BuildImage image);

    /// <summary>A step that changed only the configuration.</summary>
    Task<Digest> CreateAsync(Digest parent, ImageConfig config, HistoryEntry history, CancellationToken ct);

    /// <summary>A step that changed files: the root of the workspace becomes the image's newest layer.</summary>
    Task<Digest> CommitAsync(string workspaceId, ImageConfig config, HistoryEntry history, CancellationToken ct);

    Task TagAsync(Digest image, ImageReference tag, CancellationToken ct);
}
