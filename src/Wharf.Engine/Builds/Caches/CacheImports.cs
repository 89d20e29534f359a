using System.Collections.Concurrent;
using Wharf.Build.Cache;
using Wharf.Images.Caches;
using Wharf.Images.Transfers;
using Wharf.Primitives;

namespace Wharf.Engine.Builds.Caches;

/// <summary>The caches that one build named, asked in their order; layers come when a step wants them.</summary>
internal sealed class CacheImports(IReadOnlyList<ICacheSource> sources, IProgress<TransferEvent> progress, Action<string> warn) : IBuildImports, IAsyncDisposable
{
    private readonly List<(ICacheSource Source, IReadOnlyDictionary<Digest, Digest> Steps)> _caches = [.. sources.Select(s => (s, CacheRecords.Read(s.Steps)))];
    private readonly ConcurrentDictionary<ICacheSource, bool> _broken = new();

    public async Task<Digest?> FindAsync(Digest key, CancellationToken ct)
    {
        foreach ((ICacheSource source, IReadOnlyDictionary<Digest, Digest> steps) in _caches)
        {
            if (!steps.TryGetValue(key, out Digest image) || _broken.ContainsKey(source))
            {
                continue;
            }

            try
            {
                await source.MaterializeAsync(image, progress, ct);
                return image;
            }
            catch (WharfException e) when (e.Kind is not ErrorKind.Cancelled)
            {
                // The step is run as if there were no cache; one that lost a layer is not asked again.
                if (_broken.TryAdd(source, true))
                {
                    warn($"a build cache is not used any further: {e.Message}");
                }
            }
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ICacheSource source in sources)
        {
            await source.DisposeAsync();
        }
    }
}
