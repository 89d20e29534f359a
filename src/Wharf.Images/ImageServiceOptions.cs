using Wharf.Images.Maintenance;
using Wharf.Images.Transfers;

namespace Wharf.Images;

/// <summary>How an image service is set up: from the daemon's flags and daemon.json. What <see cref="ImageService.Reload"/> takes over changes while the service runs.</summary>
public sealed record ImageServiceOptions
{
    /// <summary>The data root; images use its folders <c>blobs</c>, the snapshot driver's, and <c>trash</c>.</summary>
    public required string DataRoot { get; init; }

    /// <summary>Snapshot driver: overlay2, btrfs, vfs; null to choose the best that works.</summary>
    public string? StorageDriver { get; init; }

    /// <summary>Driver options (<c>--storage-opt</c>).</summary>
    public IReadOnlyList<string> StorageOptions { get; init; } = [];

    public RegistryOptions Registries { get; init; } = new();

    /// <summary>For all pulls together.</summary>
    public int MaxConcurrentDownloads { get; set; } = 3;

    /// <summary>For all pushes together.</summary>
    public int MaxConcurrentUploads { get; set; } = 5;

    public int MaxDownloadAttempts { get; set; } = 5;

    /// <summary>What becomes of compressed layers once they are unpacked.</summary>
    public CompressedLayers CompressedLayers { get; init; } = CompressedLayers.Auto;

    /// <summary>Removal of unused images when the disk fills; null for none.</summary>
    public ImageGcPolicy? Gc { get; init; }

    /// <summary>Which images may be pulled and run; null for all.</summary>
    public Trust.TrustPolicy? Trust { get; init; }

    /// <summary>What the User-Agent and new images' docker_version say.</summary>
    public string EngineVersion { get; init; } = "";
}

/// <summary>What becomes of compressed layers once they are unpacked. A push wants them again: those that are gone are fetched from where they came, or made anew.</summary>
public enum CompressedLayers
{
    /// <summary>Kept unless a repository that asks for no credentials has them.</summary>
    Auto = 0,

    /// <summary>Always kept: twice the disk, and a push needs nothing but the registry it goes to.</summary>
    Keep,

    /// <summary>Never kept if the layer's tar can be had without.</summary>
    Drop,
}
