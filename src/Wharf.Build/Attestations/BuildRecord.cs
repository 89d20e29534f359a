using System.Collections.Concurrent;
using Wharf.Build.Cache;
using Wharf.Primitives;

namespace Wharf.Build.Attestations;

/// <summary>What a build used and did, noted while it runs: stages note side by side.</summary>
internal sealed class BuildRecord(DateTimeOffset started)
{
    private readonly ConcurrentDictionary<string, BuildMaterial> _materials = new();
    private readonly ConcurrentDictionary<Digest, BuildCacheEntry> _steps = new();

    public DateTimeOffset Started => started;

    /// <summary>Each once, in the order of their addresses.</summary>
    public IReadOnlyList<BuildMaterial> Materials => [.. _materials.Values.OrderBy(m => m.Uri, StringComparer.Ordinal)];

    /// <summary>Steps that were run or taken from the cache, in no order.</summary>
    public IReadOnlyCollection<BuildCacheEntry> Steps => [.. _steps.Values];

    public void Add(BuildMaterial material) => _materials.TryAdd(material.Uri, material);

    public void Add(BuildCacheEntry step) => _steps.TryAdd(step.Key, step);
}

/// <summary>Something from outside that went into a build.</summary>
/// <param name="Uri">Package URL of an image, address of a repository or file. Never with a password.</param>
/// <param name="Algorithm">sha256, or sha1 for a commit.</param>
/// <param name="Hex">Digest of what was fetched.</param>
public sealed record BuildMaterial(string Uri, string Algorithm, string Hex);
