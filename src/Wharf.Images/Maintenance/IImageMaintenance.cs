
namespace Wharf.Images.Maintenance;

/// <summary>Care for what lies on disk.</summary>
public interface IImageMaintenance
{
    /// <summary>Name of the snapshot driver, for <c>info</c> and inspect.</summary>
    string DriverName { get; }

    /// <summary>Rows of the driver's status in <c>info</c> ("Backing Filesystem", …).</summary>
    IReadOnlyList<KeyValuePair<string, string>> DriverStatus { get; }

    int ImageCount { get; }

    ImageDiskUsage DiskUsage();

    /// <summary>Sweeps what nobody owns: called once at start, and when idle. Returns the bytes freed.</summary>
    Task<long> CollectGarbageAsync(CancellationToken ct);

    /// <summary>Verifies every blob, layer and reference (<c>system check</c>).</summary>
    /// <param name="repair">Heal what can be: drop damaged blobs, rebuild references, quarantine images that cannot run.</param>
    Task<IReadOnlyList<StorageFinding>> CheckAsync(bool repair, CancellationToken ct);
}

/// <param name="LayersSize">Bytes of all unpacked layers, each once.</param>
/// <param name="ContentSize">Bytes of compressed blobs, manifests and configurations.</param>
/// <param name="Reclaimable">Bytes that a prune of unused images would free.</param>
/// <param name="Active">Images that containers use.</param>
/// <param name="Total">All images.</param>
public sealed record ImageDiskUsage(long LayersSize, long ContentSize, long Reclaimable, int Active, int Total);

/// <param name="Subject">A digest, chain id or name.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Repair">What was done, or null.</param>
public sealed record StorageFinding(string Subject, string Problem, string? Repair);
