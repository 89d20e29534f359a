using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Wharf.Oci.Images;
using Wharf.Primitives;
using Wharf.State;

namespace Wharf.Images.Index;

/// <summary>Reads the whole index at start. A row that makes no sense is left out and reported, never fatal.</summary>
internal static class IndexLoader
{
    public static IndexState Load(SqliteConnection connection, Action<string> report)
    {
        var images = ImmutableDictionary.CreateBuilder<Digest, ImageRecord>();
        foreach (ImageRecord? image in Sql.Query(connection,
            """
            SELECT i.id, i.parent, i.chain, i.manifest, i.target, i.target_type, i.target_size, i.last_tagged, d.content
            FROM images i LEFT JOIN image_documents d ON d.digest = i.id
            """, row => ReadImage(row, report)))
        {
            if (image is not null)
            {
                images[image.Id] = image;
            }
        }

        var names = ImmutableSortedDictionary.CreateBuilder<NameKey, Digest>();
        foreach (var (key, image) in Sql.Query(connection, "SELECT repository, tag, digest, image FROM image_names",
            row => (new NameKey(row.GetString(0), row.GetString(1), Optional(row, 2)), Optional(row, 3))))
        {
            if (images.ContainsKey(image) && ImageReference.TryParse(key.Repository, out _))
            {
                names[key] = image;
            }
            else
            {
                report($"name {key.Repository}:{key.Tag}{key.Digest} points to the missing image {image}");
            }
        }

        List<LayerRecord> layers = Sql.Query(connection, "SELECT chain, diff, parent, snapshot, size, tar_size, rebuildable FROM image_layers WHERE ready <> 0",
            row => new LayerRecord(Optional(row, 0), Optional(row, 1), Optional(row, 2), row.GetString(3), row.GetInt64(4), row.GetInt64(5), (TarSource)row.GetInt64(6)));
        List<ContainerRecord> containers = Sql.Query(connection, "SELECT container, image, chain, bound FROM container_layers",
            row => new ContainerRecord(row.GetString(0), Optional(row, 1), Optional(row, 2), row.GetInt64(3)));
        return new IndexState
        {
            Images = images.ToImmutable(),
            Names = names.ToImmutable(),
            Layers = layers.ToImmutableDictionary(l => l.Chain),
            Containers = containers.ToImmutableDictionary(c => c.Container),
        };
    }

    private static ImageRecord? ReadImage(SqliteDataReader row, Action<string> report)
    {
        Digest id = Optional(row, 0);
        if (id.IsEmpty || row.IsDBNull(8))
        {
            report($"image {row.GetString(0)} has lost its configuration");
            return null;
        }

        try
        {
            ImageRecord record = RecordOf(id, OciImageJson.ReadConfig(row.GetFieldValue<byte[]>(8)));
            return record with
            {
                Parent = Optional(row, 1),
                Chain = Optional(row, 2),
                Manifest = Optional(row, 3),
                Target = row.IsDBNull(4) ? null : new Descriptor { Digest = Optional(row, 4), MediaType = row.GetString(5), Size = row.GetInt64(6) },
                LastTagged = row.IsDBNull(7) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(7)),
            };
        }
        catch (WharfException e)
        {
            report($"image {id} cannot be read: {e.Message}");
            return null;
        }
    }

    /// <summary>The part of a record that the configuration tells.</summary>
    public static ImageRecord RecordOf(Digest id, ImageConfig config) => new()
    {
        Id = id,
        Platform = config.Platform,
        Created = Rfc3339.TryParse(config.Created, out DateTimeOffset created) ? created : null,
        Labels = config.Config?.Labels is { Count: > 0 } labels ? labels : null,
    };

    private static Digest Optional(SqliteDataReader row, int column) =>
        !row.IsDBNull(column) && Digest.TryParse(row.GetString(column), out Digest digest) ? digest : default;
}
