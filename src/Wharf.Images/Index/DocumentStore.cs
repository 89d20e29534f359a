using Wharf.Primitives;
using Wharf.State;

namespace Wharf.Images.Index;

/// <summary>A configuration, manifest or index, byte for byte.</summary>
internal sealed record ImageDocument(Digest Digest, string MediaType, ReadOnlyMemory<byte> Content);

/// <summary>Reads the documents of the index.</summary>
internal sealed class DocumentStore(IStateDatabase database)
{
    public ImageDocument? Find(Digest digest) => database.Read(connection => Sql.Query(connection,
        "SELECT media_type, content FROM image_documents WHERE digest = $digest",
        row => new ImageDocument(digest, row.GetString(0), row.GetFieldValue<byte[]>(1)), ("$digest", digest.ToString())).FirstOrDefault());

    public ImageDocument Get(Digest digest) =>
        Find(digest) ?? throw WharfException.DataLoss($"content {digest} is missing; pull or load the image again");

    /// <summary>Manifests and indexes that belong to an image.</summary>
    public IReadOnlyList<Digest> ManifestsOf(Digest image) => database.Read(connection => Sql.Query(connection,
        "SELECT digest FROM image_manifests WHERE image = $image ORDER BY digest", row => Digest.Parse(row.GetString(0)), ("$image", image.ToString())));

    public IReadOnlyList<LayerBlob> LayerBlobs(Digest diff) => database.Read(connection => Sql.Query(connection,
        "SELECT digest, media_type, size FROM layer_blobs WHERE diff = $diff ORDER BY digest",
        row => new LayerBlob(diff, Digest.Parse(row.GetString(0)), row.GetString(1), row.GetInt64(2)), ("$diff", diff.ToString())));

    /// <summary>The diff ids that a blob is known to unpack to.</summary>
    public Digest DiffOf(Digest blob) => database.Read(connection =>
        Sql.Scalar<string>(connection, "SELECT diff FROM layer_blobs WHERE digest = $digest LIMIT 1", ("$digest", blob.ToString()))) is { } diff
        ? Digest.Parse(diff)
        : default;

    /// <summary>Repositories that have the blob.</summary>
    public IReadOnlyList<string> SourcesOf(Digest blob) => database.Read(connection => Sql.Query(connection,
        "SELECT repository FROM blob_sources WHERE digest = $digest ORDER BY repository", row => row.GetString(0), ("$digest", blob.ToString())));
}
