using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Registry.Storage;

/// <summary>
/// The bytes of all repositories, once each. A file here has one name more for every repository that has the blob; with no other name left it is
/// garbage. All changes to one digest's names happen under that digest's lock, so the sweep never takes what a push is about to link.
/// </summary>
internal sealed class ContentPool(StoreLayout layout)
{
    private readonly Lock[] _stripes = [.. Enumerable.Range(0, 64).Select(_ => new Lock())];

    /// <summary>Takes a finished, verified, flushed file into the pool and into a repository; the file itself is gone afterwards.</summary>
    public void Adopt(string file, Digest digest, string repository)
    {
        Directory.CreateDirectory(layout.ContentFolder(digest));
        lock (Stripe(digest))
        {
            string content = layout.ContentFile(digest);
            if (Inodes.Link(file, content) == Errno.EMLINK)
            {
                throw WharfException.Internal($"a fresh upload has too many links: {file}");
            }

            LinkInto(digest, repository);
        }

        File.Delete(file);
    }

    /// <summary>Gives a repository a blob that the pool has.</summary>
    /// <returns>False when the pool has it no more.</returns>
    public bool TryLink(Digest digest, string repository)
    {
        lock (Stripe(digest))
        {
            if (Inodes.Status(layout.ContentFile(digest)) is null)
            {
                return false;
            }

            LinkInto(digest, repository);
            return true;
        }
    }

    /// <summary>Some repository has the blob; what the pool alone has waits for the sweep.</summary>
    public bool IsShared(Digest digest) => Inodes.Status(layout.ContentFile(digest)) is { Links: > 1 };

    /// <summary>Gives one repository a blob of another, which has the right to give it; it need not be in the pool any more.</summary>
    public bool TryShare(Digest digest, string from, string to)
    {
        lock (Stripe(digest))
        {
            if (Inodes.Status(layout.BlobFile(from, digest)) is null)
            {
                return false;
            }

            // Lost only by a power cut between two names; put back, so that the sweep and later pushes see the bytes again.
            Directory.CreateDirectory(layout.ContentFolder(digest));
            Inodes.Link(layout.BlobFile(from, digest), layout.ContentFile(digest));
            LinkInto(digest, to);
            return true;
        }
    }

    /// <summary>Deletes what no repository has and nobody touched since <paramref name="before"/>.</summary>
    /// <returns>Files and bytes freed.</returns>
    public (long Files, long Bytes) Sweep(DateTimeOffset before, CancellationToken ct)
    {
        long files = 0, bytes = 0;
        foreach (string file in Directory.EnumerateFiles(layout.Content, "*", SearchOption.AllDirectories))
        {
            ct.ThrowIfCancellationRequested();
            string algorithm = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(file)!)!);
            if (!Digest.TryParse(algorithm + ":" + Path.GetFileName(file), out Digest digest))
            {
                continue;
            }

            lock (Stripe(digest))
            {
                if (Inodes.Status(file) is { Links: 1 } status && Inodes.Time(status.Changed) < before)
                {
                    File.Delete(file);
                    files++;
                    bytes += (long)status.Size;
                }
            }
        }

        return (files, bytes);
    }

    /// <summary>Flushes the names of these blobs, so that a manifest that names them can be acknowledged.</summary>
    public void SyncNames(IEnumerable<Digest> digests)
    {
        foreach (string folder in digests.Select(layout.ContentFolder).Distinct().Where(Directory.Exists))
        {
            AtomicFile.SyncDirectory(folder);
        }
    }

    private void LinkInto(Digest digest, string repository)
    {
        string folder = layout.BlobFolder(repository, digest.Algorithm);
        Directory.CreateDirectory(folder);
        string content = layout.ContentFile(digest), target = layout.BlobFile(repository, digest);
        switch (Inodes.Link(content, target))
        {
            case Errno.EEXIST:
                Inodes.Touch(target);
                break;
            case Errno.EMLINK:
                // Empty configurations are in more repositories than one file may have names (65,000 on ext4): a second copy begins.
                string copy = content + ".copy";
                File.Copy(content, copy, overwrite: true);
                File.Move(copy, content, overwrite: true);
                Inodes.Link(content, target);
                break;
        }
    }

    private Lock Stripe(Digest digest) => _stripes[(uint)digest.GetHashCode() % (uint)_stripes.Length];
}
