using Wharf.Images.Caches;
using Wharf.Primitives;

namespace Wharf.Engine.Builds.Caches;

/// <summary>Caches that clients sent for a build to come. The build that names one has it; those that no build ever names make room for later ones.</summary>
internal sealed class CacheUploads
{
    private const int Most = 16;

    private readonly Lock _gate = new();
    private readonly List<(string Id, ICacheSource Source)> _waiting = [];

    public async Task AddAsync(string id, ICacheSource source)
    {
        ICacheSource? oldest = null;
        lock (_gate)
        {
            if (_waiting.Count >= Most)
            {
                oldest = _waiting[0].Source;
                _waiting.RemoveAt(0);
            }

            _waiting.Add((id, source));
        }

        if (oldest is not null)
        {
            await oldest.DisposeAsync();
        }
    }

    /// <exception cref="WharfException">NotFound.</exception>
    public ICacheSource Take(string id)
    {
        lock (_gate)
        {
            int at = _waiting.FindIndex(w => w.Id == id);
            if (at < 0)
            {
                throw WharfException.NotFound($"no such uploaded build cache: {id}");
            }

            ICacheSource source = _waiting[at].Source;
            _waiting.RemoveAt(at);
            return source;
        }
    }
}
