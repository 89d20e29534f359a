namespace Wharf.Registry.Storage;

/// <summary>What a collection takes.</summary>
/// <param name="Grace">How long blobs that no manifest names are kept.</param>
internal sealed record GarbageRules(TimeSpan Grace)
{
    /// <summary>How long manifests are kept that have no tag, are in no index and refer to nothing that is there; null for ever.</summary>
    public TimeSpan? UntaggedAfter { get; init; }

    /// <summary>How long manifests are kept that nobody asks for, tags or not: for a cache. Null for ever.</summary>
    public TimeSpan? UnusedAfter { get; init; }
}
