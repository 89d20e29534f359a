using Microsoft.Data.Sqlite;
using Wharf.Primitives;
using Wharf.State;

namespace Wharf.Build.Cache;

/// <summary>The build cache in the state database.</summary>
public sealed class StateBuildCache(IStateDatabase database, TimeProvider clock) : IBuildCache
{
    public static SchemaPart Schema { get; } = new("build", [
        """
        CREATE TABLE build_cache (
            key TEXT PRIMARY KEY, parent TEXT NOT NULL, image TEXT NOT NULL, description TEXT NOT NULL, kind TEXT NOT NULL,
            created INTEGER NOT NULL, last_used INTEGER NOT NULL, uses INTEGER NOT NULL, parts TEXT NOT NULL) STRICT;
        CREATE INDEX build_cache_image ON build_cache (image);
        """,
        """
        CREATE TABLE build_content (key TEXT PRIMARY KEY, listing BLOB NOT NULL) STRICT;
        """,
        """
        CREATE TABLE cache_mount (
            name TEXT PRIMARY KEY, id TEXT NOT NULL, created INTEGER NOT NULL, last_used INTEGER NOT NULL, uses INTEGER NOT NULL) STRICT;
        """,
    ]);

    public Digest? Find(Digest key)
    {
        string? found = database.Read(connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT image FROM build_cache WHERE key = $key";
            command.Parameters.AddWithValue("$key", key.ToString());
            return command.ExecuteScalar() as string;
        });
        if (!Digest.TryParse(found, out var image))
        {
            return null;
        }

        _ = database.WriteRelaxedAsync(connection => Touch(connection, key));
        return image;
    }

    public Task RememberAsync(BuildCacheEntry entry, (string Key, byte[] Listing)? content, CancellationToken ct) => database.WriteRelaxedAsync(connection =>
    {
        if (content is { } listed)
        {
            using var insert = connection.CreateCommand();
            insert.CommandText = "INSERT OR IGNORE INTO build_content (key, listing) VALUES ($key, $listing)";
            insert.Parameters.AddWithValue("$key", listed.Key);
            insert.Parameters.AddWithValue("$listing", listed.Listing);
            insert.ExecuteNonQuery();
        }

        using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT OR REPLACE INTO build_cache (key, parent, image, description, kind, created, last_used, uses, parts)
            VALUES ($key, $parent, $image, $description, $kind, $created, $used, $uses, $parts)
            """;
        command.Parameters.AddWithValue("$key", entry.Key.ToString());
        command.Parameters.AddWithValue("$parent", entry.Parent.ToString());
        command.Parameters.AddWithValue("$image", entry.Image.ToString());
        command.Parameters.AddWithValue("$description", entry.Description);
        command.Parameters.AddWithValue("$kind", entry.Kind);
        command.Parameters.AddWithValue("$created", entry.Created.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$used", entry.LastUsed.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$uses", entry.Uses);
        command.Parameters.AddWithValue("$parts", entry.Parts);
        command.ExecuteNonQuery();
    });

    public IReadOnlyList<BuildCacheEntry> List() => database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT key, parent, image, description, kind, created, last_used, uses, parts FROM build_cache ORDER BY last_used DESC";
        using var reader = command.ExecuteReader();
        var entries = new List<BuildCacheEntry>();
        while (reader.Read())
        {
            Digest parent = Digest.TryParse(reader.GetString(1), out var known) ? known : default;
            entries.Add(new BuildCacheEntry(Digest.Parse(reader.GetString(0)), parent, Digest.Parse(reader.GetString(2)), reader.GetString(3), reader.GetString(4),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(5)), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(6)), reader.GetInt32(7), reader.GetString(8)));
        }

        return entries;
    });

    public byte[]? Listing(string contentKey) => database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT listing FROM build_content WHERE key = $key";
        command.Parameters.AddWithValue("$key", contentKey);
        return command.ExecuteScalar() as byte[];
    });

    public Task ForgetAsync(IReadOnlyList<Digest> keys, CancellationToken ct) => database.WriteAsync(connection =>
    {
        foreach (var key in keys)
        {
            using var command = connection.CreateCommand();
            command.CommandText = "DELETE FROM build_cache WHERE key = $key";
            command.Parameters.AddWithValue("$key", key.ToString());
            command.ExecuteNonQuery();
        }

        ForgetListings(connection);
        return keys.Count;
    });

    /// <summary>Removes the listings that no remembered step refers to.</summary>
    private static void ForgetListings(SqliteConnection connection)
    {
        var used = new HashSet<string>();
        using (var parts = connection.CreateCommand())
        {
            parts.CommandText = "SELECT parts FROM build_cache WHERE kind = 'copy'";
            using var reader = parts.ExecuteReader();
            while (reader.Read())
            {
                used.UnionWith(StepKey.Read(reader.GetString(0)).Where(p => p.Key == "content").Select(p => p.Value));
            }
        }

        var unused = new List<string>();
        using (var all = connection.CreateCommand())
        {
            all.CommandText = "SELECT key FROM build_content";
            using var reader = all.ExecuteReader();
            while (reader.Read())
            {
                if (!used.Contains(reader.GetString(0)))
                {
                    unused.Add(reader.GetString(0));
                }
            }
        }

        foreach (string key in unused)
        {
            using var delete = connection.CreateCommand();
            delete.CommandText = "DELETE FROM build_content WHERE key = $key";
            delete.Parameters.AddWithValue("$key", key);
            delete.ExecuteNonQuery();
        }
    }

    private void Touch(SqliteConnection connection, Digest key)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE build_cache SET last_used = $now, uses = uses + 1 WHERE key = $key";
        command.Parameters.AddWithValue("$now", clock.GetUtcNow().ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$key", key.ToString());
        command.ExecuteNonQuery();
    }
}
