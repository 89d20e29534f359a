using Wharf.Primitives;

namespace Wharf.Build.Cache;

/// <summary>
/// Caches that a build named (<c>--cache-from</c>). Naming one is trusting it, for this build alone: only what the build took from it is
/// remembered for later ones.
/// </summary>
public interface IBuildImports
{
    /// <summary>The image of the step with this key, brought here; null when no cache has it, or it cannot be had.</summary>
    Task<Digest?> FindAsync(Digest key, CancellationToken ct);
}
