using Wharf.Images.Catalog;
using Wharf.Primitives;

namespace Wharf.Engine.Builds;

/// <summary>What running builds hold against prune and removal: their steps' images have no names, and nothing else that would keep them.</summary>
internal sealed class BuildHolds
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<Digest>> _builds = new(StringComparer.Ordinal);

    public void Add(string build, Digest image)
    {
        if (image.IsEmpty)
        {
            return;
        }

        lock (_gate)
        {
            if (!_builds.TryGetValue(build, out HashSet<Digest>? images))
            {
                _builds[build] = images = [];
            }

            images.Add(image);
        }
    }

    /// <summary>The build is over, and its client has what it wanted.</summary>
    public void Release(string build)
    {
        lock (_gate)
        {
            _builds.Remove(build);
        }
    }

    /// <summary>As if a container of the build's name stood on each image.</summary>
    public IReadOnlyList<ImageUse> Uses()
    {
        lock (_gate)
        {
            return [.. _builds.SelectMany(b => b.Value.Select(i => new ImageUse(b.Key, i, "", Running: false)))];
        }
    }
}
