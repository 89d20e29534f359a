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

    /// <param name="entry">The step.</param>
    /// <param name="content">For steps that copy: the content key and the listing of its files.</param>
    /// <param name="ct">Ends the wait, not the write.</param>
    Task RememberAsync(BuildCacheEntry entry, (string Key, byte[] Listing)? content, CancellationToken ct);

    /// <summary>All entries, newest use first.</summary>
    IReadOnlyList<BuildCacheEntry> List();

    /// <summary>The listing behind a content key; null when it is not remembered.</summary>
    byte[]? Listing(string contentKey);

    Task ForgetAsync(IReadOnlyList<Digest> keys, CancellationToken ct);
}

/// <param name="Key">Digest of all that decides the outcome.</param>
/// <param name="Parent">Image before the step; empty for scratch.</param>
/// <param name="Image">Image after it.</param>
/// <param name="Description">The instruction, for <c>builder du</c>.</param>
/// <param name="Parts">The named parts of the key, for "why was this not cached".</param>
public sealed record BuildCacheEntry(Digest Key, Digest Parent, Digest Image, string Description, string Kind, DateTimeOffset Created, DateTimeOffset LastUsed, int Uses, string Parts);
