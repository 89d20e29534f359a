using System.Security.Cryptography;
using Wharf.Build.Copying;
using Wharf.Primitives;

namespace Wharf.Engine.Builds;

/// <summary>
/// Contexts that clients sent, kept so that only what changed need be sent again. A client names a context by a key of its own; who does not know the key learns nothing of it.
/// What is kept is a cache: bounded, pruned with the builder's, and a damaged one is as good as none.
/// </summary>
/// <param name="folder">One file for each context.</param>
/// <param name="clock">For the age of offers.</param>
internal sealed class SentContexts(string folder, TimeProvider clock)
{
    private const int MaxContexts = 16, MaxOffers = 64, TokenBytes = 16;
    private const long MaxBytes = 4L << 30;
    private static readonly TimeSpan OfferTime = TimeSpan.FromMinutes(15);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Offer> _offers = [];

    /// <summary>What of a context is here: a token for the build that follows, and the list of contents; null for nothing.</summary>
    /// <exception cref="WharfException">InvalidArgument: no key.</exception>
    public (string Token, byte[] List)? Open(string key)
    {
        string path = PathOf(key);
        lock (_gate)
        {
            DropOld();
            if (!File.Exists(path))
            {
                return null;
            }

            if (KnownContents.Open(path) is not { } known)
            {
                File.Delete(path);
                return null;
            }

            File.SetLastWriteTimeUtc(path, clock.GetUtcNow().UtcDateTime);
            string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
            _offers[token] = new Offer(known, clock.GetUtcNow());
            return (token, known.List());
        }
    }

    /// <summary>What a client was told of, for its build; the caller's to dispose. It is there even if it was pruned in between.</summary>
    /// <exception cref="WharfException">Conflict: the engine was started anew, or that was too long ago.</exception>
    public KnownContents Take(string token)
    {
        lock (_gate)
        {
            return _offers.Remove(token, out Offer? offer) ? offer.Known
                : throw WharfException.Conflict("the files of an earlier build that this one refers to are not kept any more: build once more");
        }
    }

    /// <summary>Keeps the contents of a context that came in.</summary>
    /// <param name="key">The client's.</param>
    /// <param name="contents">Path of the contents, on the same file system; it goes from there.</param>
    /// <param name="tree">What lies in them.</param>
    public void Keep(string key, string contents, ArchiveTree tree)
    {
        string path = PathOf(key);
        tree.Seal();
        lock (_gate)
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.Move(contents, path, overwrite: true);
            long total = 0;
            foreach (var (file, at) in Files().Select((f, i) => (f, i)))
            {
                total += file.Length;
                if (at >= MaxContexts || total > MaxBytes)
                {
                    file.Delete();
                }
            }
        }
    }

    /// <summary>Kept contexts by key, newest use first.</summary>
    public IReadOnlyList<(string Key, long Size, DateTimeOffset LastUsed)> List()
    {
        lock (_gate)
        {
            return [.. Files().Select(f => (f.Name, f.Length, new DateTimeOffset(f.LastWriteTimeUtc, TimeSpan.Zero)))];
        }
    }

    /// <summary>Forgets contexts and answers how many bytes were theirs.</summary>
    public long Remove(IReadOnlyCollection<string> keys)
    {
        long freed = 0;
        lock (_gate)
        {
            foreach (var file in Files().Where(f => keys.Contains(f.Name)))
            {
                freed += file.Length;
                file.Delete();
            }
        }

        return freed;
    }

    private IEnumerable<FileInfo> Files() => Directory.Exists(folder) ? new DirectoryInfo(folder).GetFiles().OrderByDescending(f => f.LastWriteTimeUtc).ToList() : [];

    private void DropOld()
    {
        var oldest = clock.GetUtcNow() - OfferTime;
        foreach ((string token, Offer offer) in _offers.OrderByDescending(o => o.Value.Made).Where((o, i) => i >= MaxOffers - 1 || o.Value.Made < oldest).ToList())
        {
            _offers.Remove(token);
            offer.Known.Dispose();
        }
    }

    private string PathOf(string key) => key.Length == 2 * SHA256.HashSizeInBytes && key.All(char.IsAsciiHexDigitLower)
        ? Path.Combine(folder, key) : throw WharfException.Invalid("the key of a build context has 64 hexadecimal digits");

    private sealed record Offer(KnownContents Known, DateTimeOffset Made);
}
