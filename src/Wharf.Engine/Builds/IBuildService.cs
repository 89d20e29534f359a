using Wharf.Api.Builds;
using Wharf.Build.Execution;
using Wharf.Images.Transfers;
using Wharf.Primitives;

namespace Wharf.Engine.Builds;

/// <summary>Builds of images.</summary>
public interface IBuildService
{
    /// <summary>Builds to the end. What is wrong with the request is thrown before the first output.</summary>
    Task<BuildResult> BuildAsync(BuildOrder order, IBuildOutput output, CancellationToken ct);

    /// <summary>The build cache, newest use first.</summary>
    List<BuildCache> Cache();

    /// <summary>Forgets cached steps and empties cache mounts; images that only the cache kept go with them.</summary>
    /// <param name="filters">until, id, type.</param>
    /// <param name="all">Also steps of images that have a name.</param>
    /// <param name="ct">Stops between two entries.</param>
    Task<BuildPruneResult> PruneAsync(FilterSet filters, bool all, CancellationToken ct);
}

/// <param name="Deleted">Cache ids.</param>
/// <param name="SpaceReclaimed">Bytes.</param>
public sealed record BuildPruneResult(List<string> Deleted, long SpaceReclaimed);

/// <summary>A build as it comes over the API.</summary>
public sealed record BuildOrder
{
    /// <summary>Everything but the Dockerfile's text and the context.</summary>
    public required BuildRequest Request { get; init; }

    /// <summary>The context as a tar in any compression; null with <see cref="RemoteContext"/>.</summary>
    public Stream? Context { get; init; }

    /// <summary>http(s) address of a tarball or of a Dockerfile.</summary>
    public string? RemoteContext { get; init; }

    /// <summary>Path of the Dockerfile within the context.</summary>
    public string Dockerfile { get; init; } = "Dockerfile";

    /// <summary>Credentials by registry domain, for base images.</summary>
    public Func<string, RegistryCredentials?> Credentials { get; init; } = _ => null;
}
