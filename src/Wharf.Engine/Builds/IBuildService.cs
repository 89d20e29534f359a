using Wharf.Api.Builds;
using Wharf.Build.Calls;
using Wharf.Build.Execution;
using Wharf.Engine.Builds.Caches;
using Wharf.Engine.Clients;
using Wharf.Images.Transfers;
using Wharf.Primitives;

namespace Wharf.Engine.Builds;

/// <summary>Builds of images.</summary>
public interface IBuildService
{
    /// <summary>Builds to the end. What is wrong with the request is thrown before the first output.</summary>
    Task<BuildResult> BuildAsync(BuildOrder order, IBuildOutput output, CancellationToken ct);

    /// <summary>Answers a question about a Dockerfile instead of building it.</summary>
    Task<BuildCallAnswer> AnswerAsync(BuildOrder order, BuildCall call, CancellationToken ct);

    /// <summary>Writes all files of an image as a tar, the result of a build that is wanted as files.</summary>
    /// <param name="image">Its id.</param>
    /// <param name="attestationPrefix">What the names of the files begin with in which attestations are added, at the top; null to add none.</param>
    /// <param name="output">Receives the tar.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="WharfException">NotFound.</exception>
    Task ExportFilesAsync(string image, string? attestationPrefix, Stream output, CancellationToken ct);

    /// <summary>Whether a client's folders can be read where they are.</summary>
    /// <exception cref="WharfException">NotImplemented: they cannot, and why.</exception>
    void CheckFolders(LocalClient client, IReadOnlyList<string> paths);

    /// <summary>What is kept of a context that a client sent before: a token for the build to come, and the digest and length of each file; null for nothing.</summary>
    /// <exception cref="WharfException">InvalidArgument: no key.</exception>
    (string Token, byte[] List)? OpenContext(string key);

    /// <summary>Takes a cache that a client sends for a build to come.</summary>
    /// <param name="id">Name that the build will give it.</param>
    /// <param name="archive">Its layout as a tar.</param>
    /// <param name="ct">Drops it.</param>
    /// <exception cref="WharfException">InvalidArgument: no cache.</exception>
    Task ReceiveCacheAsync(string id, Stream archive, CancellationToken ct);

    /// <summary>Writes the steps of a finished build as a cache, a layout in a tar.</summary>
    /// <param name="buildId">The client's id of the build.</param>
    /// <param name="target">Which steps, and in which form.</param>
    /// <param name="output">Receives the tar.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="WharfException">NotFound: no such build, or it is too long ago.</exception>
    Task ExportCacheAsync(string buildId, CacheSpec target, Stream output, CancellationToken ct);

    /// <summary>Ends the build that was started with an id; one that is not running is no error, as it may just have ended.</summary>
    void Cancel(string buildId);

    /// <summary>The build cache and the cache mounts, newest use first.</summary>
    List<BuildCache> Cache();

    /// <summary>Forgets cached steps and removes cache mounts; images that only the cache kept go with them.</summary>
    Task<BuildPruneResult> PruneAsync(BuildPruneRequest request, CancellationToken ct);

    /// <summary>Writes a cache mount as a tar.</summary>
    /// <exception cref="WharfException">NotFound.</exception>
    Task ExportCacheMountAsync(string id, Stream output, CancellationToken ct);

    /// <summary>Fills a cache mount from a tar in any compression.</summary>
    Task ImportCacheMountAsync(string id, Stream archive, CancellationToken ct);
}

/// <summary>What to prune of the build cache. Without limits everything that the filters allow.</summary>
public sealed record BuildPruneRequest
{
    /// <summary>until, unused-for, id, parents, type, description, inuse, shared, private.</summary>
    public FilterSet Filters { get; init; } = FilterSet.Empty;

    /// <summary>Also steps of images that have a name.</summary>
    public bool All { get; init; }

    /// <summary>Bytes that are always left to the cache.</summary>
    public long ReservedSpace { get; init; }

    /// <summary>Bytes that the cache may hold; 0 for no bound.</summary>
    public long MaxUsedSpace { get; init; }

    /// <summary>Bytes that the disk is to have free; 0 for no bound.</summary>
    public long MinFreeSpace { get; init; }
}

/// <param name="Deleted">Cache ids.</param>
/// <param name="SpaceReclaimed">Bytes.</param>
public sealed record BuildPruneResult(List<string> Deleted, long SpaceReclaimed);

/// <summary>A build as it comes over the API.</summary>
public sealed record BuildOrder
{
    /// <summary>Everything but the Dockerfile's text and the contexts.</summary>
    public required BuildRequest Request { get; init; }

    /// <summary>The client's name for the build, to cancel it by; null when it has none.</summary>
    public string? BuildId { get; init; }

    /// <summary>The context as a tar in any compression; null with <see cref="RemoteContext"/>.</summary>
    public Stream? Context { get; init; }

    /// <summary>A client on this machine whose folders are read where they are; null when the context was sent.</summary>
    public LocalClient? Client { get; init; }

    /// <summary>The context's folder with <see cref="Client"/>, absolute as the client sees it.</summary>
    public string? Folder { get; init; }

    /// <summary>A git repository, or the http(s) address of a tarball or of a Dockerfile.</summary>
    public string? RemoteContext { get; init; }

    /// <summary>The client's name for a context that it sends, under which the files are kept for its next build; null to keep none.</summary>
    public string? ContextKey { get; init; }

    /// <summary>The token of kept files that the context refers to (<see cref="IBuildService.OpenContext"/>); null when it is whole.</summary>
    public string? ContextBase { get; init; }

    /// <summary>Path of the Dockerfile within the context.</summary>
    public string Dockerfile { get; init; } = "Dockerfile";

    /// <summary>Further contexts: name to address.</summary>
    public IReadOnlyDictionary<string, string> NamedContexts { get; init; } = new Dictionary<string, string>();

    /// <summary>Where the steps of the build are to be kept for other engines.</summary>
    public IReadOnlyList<CacheSpec> CacheTo { get; init; } = [];

    /// <summary>Credentials by registry domain, for base images.</summary>
    public Func<string, RegistryCredentials?> Credentials { get; init; } = _ => null;
}
