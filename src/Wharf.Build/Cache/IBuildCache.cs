using Wharf.Primitives;

namespace Wharf.Build.Cache;

/// <summary>
/// Remembers which step on which parent gave which image. A key is made of everything the step's outcome depends on, so a hit needs no
/// trust in what an image claims about its own history.
/// </summary>
public interface IBuildCache
{
    /// <summary>The image that a step with this key made, if it is remembered. The caller checks that it is still here.</summary>
    Digest? Find(Digest key);

    Task RememberAsync(BuildCacheEntry entry, CancellationToken ct);

    /// <summary>All entries, newest use first.</summary>
    IReadOnlyList<BuildCacheEntry> List();

    Task ForgetAsync(IReadOnlyList<Digest> keys, CancellationToken ct);
}

/// <param name="Key">Digest of all that decides the outcome.</param>
/// <param name="Parent">Image before the step; empty for scratch.</param>
/// <param name="Image">Image after it.</param>
/// <param name="Description">The instruction, for <c>builder du</c>.</param>
/// <param name="Parts">The named parts of the key, for "why was this not cached".</param>
public sealed record BuildCacheEntry(Digest Key, Digest Parent, Digest Image, string Description, string Kind, DateTimeOffset Created, DateTimeOffset LastUsed, int Uses, string Parts);
