using Wharf.Images.Index;
using Wharf.Primitives;
using Wharf.State;

namespace Wharf.Images.Content;

/// <summary>Removes the blobs that no layer here stands for, nobody works with, and the policy does not keep.</summary>
internal sealed class BlobCollector(LocalIndex index, BlobStore blobs, CompressedLayers policy)
{
    private const string Present = "diff IN (SELECT diff FROM image_layers WHERE ready <> 0)";

    /// <summary>Layers of which nothing but a blob gives the tar.</summary>
    private const string Bound = "diff IN (SELECT diff FROM image_layers WHERE ready <> 0 AND rebuildable = 0)";

    private readonly string _wanted = "SELECT diff FROM image_layers WHERE ready <> 0 AND rebuildable = 0 UNION SELECT digest FROM layer_blobs WHERE " + policy switch
    {
        CompressedLayers.Keep => Present,
        CompressedLayers.Drop => Bound,
        _ => $"{Bound} OR ({Present} AND digest NOT IN (SELECT digest FROM blob_sources WHERE open = 1))",
    };

    /// <param name="unfinished">Also those that an unfinished download has brought, which would otherwise be there when it is tried again.</param>
    /// <returns>Bytes freed.</returns>
    public async Task<long> CollectAsync(bool unfinished = false)
    {
        IReadOnlyList<Digest> present = blobs.List();
        if (present.Count == 0)
        {
            return 0;
        }

        // Pins are taken before a blob exists and released after the index knows it: whatever is unpinned before this read, and unknown in it, is nobody's.
        List<Digest> unpinned = [.. present.Where(d => !blobs.Pins.Contains(d))];
        HashSet<string> wanted = index.Database.Read(connection => Sql.Query(connection, _wanted, row => row.GetString(0))).ToHashSet(StringComparer.Ordinal);
        if (!unfinished)
        {
            wanted.UnionWith(blobs.Unfinished().Select(d => d.ToString()));
        }

        long freed = 0;
        foreach (Digest blob in unpinned.Where(d => !wanted.Contains(d.ToString()) && !blobs.Pins.Contains(d)))
        {
            freed += blobs.Length(blob);
            await blobs.DeleteAsync(blob).ConfigureAwait(false);
        }

        return freed;
    }
}
