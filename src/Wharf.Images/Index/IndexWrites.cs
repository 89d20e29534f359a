using Microsoft.Data.Sqlite;
using Wharf.Primitives;
using Wharf.State;

namespace Wharf.Images.Index;

/// <summary>The statements that bring the database to a new state, each idempotent.</summary>
internal static class IndexWrites
{
    public static void PutDocument(SqliteConnection c, Digest digest, string mediaType, ReadOnlyMemory<byte> content) => Sql.Execute(c,
        "INSERT INTO image_documents (digest, media_type, content) VALUES ($digest, $type, $content) ON CONFLICT (digest) DO NOTHING",
        ("$digest", digest.ToString()), ("$type", mediaType), ("$content", content.ToArray()));

    public static void PutImage(SqliteConnection c, ImageRecord image) => Sql.Execute(c,
        """
        INSERT INTO images (id, parent, chain, manifest, target, target_type, target_size, last_tagged)
        VALUES ($id, $parent, $chain, $manifest, $target, $target_type, $target_size, $tagged)
        ON CONFLICT (id) DO UPDATE SET parent = excluded.parent, manifest = excluded.manifest, target = excluded.target, target_type = excluded.target_type,
            target_size = excluded.target_size, last_tagged = excluded.last_tagged
        """,
        ("$id", image.Id.ToString()), ("$parent", LocalIndex.Text(image.Parent)), ("$chain", LocalIndex.Text(image.Chain)),
        ("$manifest", LocalIndex.Text(image.Manifest)), ("$target", image.Target is { } t ? t.Digest.ToString() : null),
        ("$target_type", image.Target?.MediaType), ("$target_size", image.Target?.Size),
        ("$tagged", image.LastTagged?.ToUnixTimeMilliseconds()));

    public static void PutImageManifest(SqliteConnection c, Digest image, Digest manifest) => Sql.Execute(c,
        "INSERT INTO image_manifests (image, digest) VALUES ($image, $digest) ON CONFLICT DO NOTHING",
        ("$image", image.ToString()), ("$digest", manifest.ToString()));

    /// <summary>These are the manifests of an image from now on, and what else hung on it alone is no longer kept.</summary>
    public static void ReplaceManifests(SqliteConnection c, Digest image, IReadOnlyList<ImageDocument> manifests)
    {
        Sql.Execute(c, "DELETE FROM image_manifests WHERE image = $image", ("$image", image.ToString()));
        foreach (ImageDocument document in manifests)
        {
            PutDocument(c, document.Digest, document.MediaType, document.Content);
            PutImageManifest(c, image, document.Digest);
        }

        DeleteOrphanedDocuments(c);
    }

    public static void PutName(SqliteConnection c, NameKey name, Digest image) => Sql.Execute(c,
        """
        INSERT INTO image_names (repository, tag, digest, image) VALUES ($repository, $tag, $digest, $image)
        ON CONFLICT (repository, tag, digest) DO UPDATE SET image = excluded.image
        """,
        ("$repository", name.Repository), ("$tag", name.Tag), ("$digest", name.Digest.ToString()), ("$image", image.ToString()));

    public static void DeleteName(SqliteConnection c, NameKey name) => Sql.Execute(c,
        "DELETE FROM image_names WHERE repository = $repository AND tag = $tag AND digest = $digest",
        ("$repository", name.Repository), ("$tag", name.Tag), ("$digest", name.Digest.ToString()));

    /// <summary>Removes the image, its names, and the documents that nothing else needs.</summary>
    public static void DeleteImage(SqliteConnection c, Digest image)
    {
        Sql.Execute(c, "DELETE FROM image_names WHERE image = $image", ("$image", image.ToString()));
        Sql.Execute(c, "DELETE FROM image_manifests WHERE image = $image", ("$image", image.ToString()));
        Sql.Execute(c, "DELETE FROM image_uses WHERE image = $image", ("$image", image.ToString()));
        Sql.Execute(c, "DELETE FROM images WHERE id = $image", ("$image", image.ToString()));
        DeleteOrphanedDocuments(c);
    }

    private static void DeleteOrphanedDocuments(SqliteConnection c) => Sql.Execute(c,
        """
        DELETE FROM image_documents WHERE digest NOT IN (SELECT id FROM images) AND digest NOT IN (SELECT digest FROM image_manifests)
        """);

    /// <summary>Registers a layer's directory before it comes to be, under a name of its own: the chain may not be known yet.</summary>
    public static void PutLayerDraft(SqliteConnection c, string snapshot) => Sql.Execute(c,
        "INSERT INTO image_layers (chain, diff, parent, snapshot, size, tar_size, rebuildable, ready) VALUES ($chain, '', NULL, $snapshot, 0, 0, 0, 0) ON CONFLICT (chain) DO NOTHING",
        ("$chain", "draft:" + snapshot), ("$snapshot", snapshot));

    /// <param name="c">Within a transaction.</param>
    /// <param name="snapshot">Under which it was registered, which need not be the one it ends with.</param>
    public static void DeleteLayerDraft(SqliteConnection c, string snapshot) =>
        Sql.Execute(c, "DELETE FROM image_layers WHERE chain = $chain", ("$chain", "draft:" + snapshot));

    public static void DeleteAllLayerDrafts(SqliteConnection c) => Sql.Execute(c, "DELETE FROM image_layers WHERE ready = 0");

    public static void PutLayer(SqliteConnection c, LayerRecord layer)
    {
        DeleteLayerDraft(c, layer.Snapshot);
        Sql.Execute(c,
            """
            INSERT INTO image_layers (chain, diff, parent, snapshot, size, tar_size, rebuildable, ready)
            VALUES ($chain, $diff, $parent, $snapshot, $size, $tar_size, $rebuildable, 2)
            """,
            ("$chain", layer.Chain.ToString()), ("$diff", layer.Diff.ToString()), ("$parent", LocalIndex.Text(layer.Parent)), ("$snapshot", layer.Snapshot),
            ("$size", layer.Size), ("$tar_size", layer.TarSize), ("$rebuildable", (int)layer.Source));
    }

    public static void SetLayerSource(SqliteConnection c, LayerRecord layer) => Sql.Execute(c,
        "UPDATE image_layers SET rebuildable = $source WHERE chain = $chain", ("$source", (int)layer.Source), ("$chain", layer.Chain.ToString()));

    public static void MarkLayerSafe(SqliteConnection c, Digest chain) =>
        Sql.Execute(c, "UPDATE image_layers SET ready = 1 WHERE chain = $chain", ("$chain", chain.ToString()));

    public static void DeleteLayer(SqliteConnection c, Digest chain) =>
        Sql.Execute(c, "DELETE FROM image_layers WHERE chain = $chain", ("$chain", chain.ToString()));

    /// <summary>What layers' blobs are known no more once no layer with their diff id is left.</summary>
    public static void ForgetOrphanedLayerBlobs(SqliteConnection c) =>
        Sql.Execute(c, "DELETE FROM layer_blobs WHERE diff NOT IN (SELECT diff FROM image_layers)");

    public static void PutLayerBlob(SqliteConnection c, LayerBlob blob) => Sql.Execute(c,
        "INSERT INTO layer_blobs (diff, digest, media_type, size) VALUES ($diff, $digest, $type, $size) ON CONFLICT DO NOTHING",
        ("$diff", blob.Diff.ToString()), ("$digest", blob.Digest.ToString()), ("$type", blob.MediaType), ("$size", blob.Size));

    public static void PutBlobSource(SqliteConnection c, Digest digest, string repository, bool open) => Sql.Execute(c,
        "INSERT INTO blob_sources (digest, repository, open) VALUES ($digest, $repository, $open) ON CONFLICT DO UPDATE SET open = max(open, excluded.open)",
        ("$digest", digest.ToString()), ("$repository", repository), ("$open", open ? 1 : 0));
}
