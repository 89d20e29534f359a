using Wharf.Images.Transfers;
using Wharf.Primitives;

namespace Wharf.Images.Caches;

/// <summary>What of a build goes into a cache that leaves the engine.</summary>
/// <param name="Images">Images of steps; their layers and configurations are what the cache holds.</param>
/// <param name="Steps">The builder's own records, JSON: which step made which image.</param>
public sealed record CacheContent(IReadOnlyList<Digest> Images, ReadOnlyMemory<byte> Steps);

/// <summary>A cache that was opened for a build: its records, and its images as they are wanted. Nothing of it is here before that.</summary>
public interface ICacheSource : IAsyncDisposable
{
    /// <summary>The builder's records, as they were when the cache was written.</summary>
    ReadOnlyMemory<byte> Steps { get; }

    /// <summary>Brings an image of a step here, with its layers.</summary>
    /// <exception cref="WharfException">NotFound: the cache has no such image; Unavailable, DataLoss: its layers cannot be had, or are not what they should be.</exception>
    Task MaterializeAsync(Digest image, IProgress<TransferEvent> progress, CancellationToken ct);
}

/// <summary>Caches of builds on their way out and in: an OCI layout in a tar, or an artifact in a registry.</summary>
public interface IBuildCaches
{
    /// <summary>Writes a layout with the cache as its only manifest; <paramref name="output"/> is not disposed.</summary>
    Task WriteCacheAsync(CacheContent content, LayerPacking packing, Stream output, CancellationToken ct);

    /// <summary>Sends a cache to a registry under a name that is not one of an image here.</summary>
    Task PushCacheAsync(ImageReference name, CacheContent content, LayerPacking packing, RegistryCredentials? credentials, IProgress<TransferEvent> progress, CancellationToken ct);

    /// <summary>Reads a layout; what is in it is kept until the source is disposed.</summary>
    /// <exception cref="WharfException">InvalidArgument: no cache, or a damaged one.</exception>
    Task<ICacheSource> ReadCacheAsync(Stream archive, CancellationToken ct);

    /// <summary>Opens a cache in a registry; null when the name stands for an image there.</summary>
    /// <exception cref="WharfException">NotFound, Unavailable.</exception>
    Task<ICacheSource?> OpenCacheAsync(ImageReference name, RegistryCredentials? credentials, CancellationToken ct);
}
