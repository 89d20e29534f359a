using Wharf.Build.Execution;
using Wharf.Primitives;

namespace Wharf.Engine.Builds.Caches;

/// <summary>The newest builds by their ids, for clients that want their cache afterwards. Only digests and texts of steps: no contexts, no secrets.</summary>
internal sealed class FinishedBuilds
{
    private const int Most = 32;

    private readonly Lock _gate = new();
    private readonly Queue<(string Id, BuildResult Result)> _builds = [];

    public void Add(string id, BuildResult result)
    {
        lock (_gate)
        {
            if (_builds.Count >= Most)
            {
                _builds.Dequeue();
            }

            _builds.Enqueue((id, result));
        }
    }

    /// <exception cref="WharfException">NotFound.</exception>
    public BuildResult Find(string id)
    {
        lock (_gate)
        {
            return _builds.FirstOrDefault(b => b.Id == id).Result ?? throw WharfException.NotFound($"no such finished build: {id}");
        }
    }
}
