using Wharf.Images.Index;
using Wharf.Primitives;
using Wharf.State;

namespace Wharf.Images.Content;

/// <summary>Removes the blobs that no layer here stands for and nobody works with.</summary>
internal sealed class BlobCollector(LocalIndex index, BlobStore blobs)
{
    /// <returns>Bytes freed.</returns>
    public async Task<long> CollectAsync()
    {
        IReadOnlyList<Digest> present = blobs.List();
        if (present.Count == 0)
        {
            return 0;
        }

        // Pins are taken before a blob exists and released after the index knows it: whatever is unpinned before this read, and unknown in it, is nobody's.
        List<Digest> unpinned = [.. present.Where(d => !blobs.Pins.Contains(d))];
        HashSet<string> wanted = index.Database.Read(connection => Sql.Query(connection,
            "SELECT digest FROM layer_blobs WHERE diff IN (SELECT diff FROM image_layers WHERE ready = 1) UNION SELECT diff FROM image_layers WHERE ready = 1",
            row => row.GetString(0))).ToHashSet(StringComparer.Ordinal);
        long freed = 0;
        foreach (Digest blob in unpinned.Where(d => !wanted.Contains(d.ToString()) && !blobs.Pins.Contains(d)))
        {
            freed += blobs.Length(blob);
            await blobs.DeleteAsync(blob).ConfigureAwait(false);
        }

        return freed;
    }
}
