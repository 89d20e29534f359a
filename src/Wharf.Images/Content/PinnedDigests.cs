using Wharf.Primitives;

namespace Wharf.Images.Content;

/// <summary>Counts, per digest, the operations that need a blob which nothing in the index refers to yet.</summary>
internal sealed class PinnedDigests
{
    private readonly Dictionary<Digest, int> _counts = [];

    public bool Contains(Digest digest)
    {
        lock (_counts)
        {
            return _counts.ContainsKey(digest);
        }
    }

    public IDisposable Pin(Digest digest)
    {
        lock (_counts)
        {
            _counts[digest] = _counts.GetValueOrDefault(digest) + 1;
        }

        return new Pinned(this, digest);
    }

    private void Release(Digest digest)
    {
        lock (_counts)
        {
            if (--_counts[digest] == 0)
            {
                _counts.Remove(digest);
            }
        }
    }

    private sealed class Pinned(PinnedDigests owner, Digest digest) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
            {
                owner.Release(digest);
            }
        }
    }
}
