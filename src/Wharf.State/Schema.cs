using Microsoft.Data.Sqlite;
using Wharf.Primitives;

namespace Wharf.State;

/// <summary>Brings each part of the schema forward, one migration a transaction, and refuses what a newer build has written.</summary>
internal static class Schema
{
    public static void Migrate(SqliteConnection connection, IReadOnlyList<SchemaPart> parts)
    {
        Sql.Execute(connection, "CREATE TABLE IF NOT EXISTS schema_parts (name TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID");
        Dictionary<string, long> versions = Sql.Query(connection, "SELECT name, version FROM schema_parts", r => (Name: r.GetString(0), Version: r.GetInt64(1)))
            .ToDictionary(p => p.Name, p => p.Version, StringComparer.Ordinal);

        // All parts are looked at before any is changed: a refused database stays exactly as the newer build left it.
        foreach (SchemaPart part in parts)
        {
            if (versions.TryGetValue(part.Name, out long version) && version > part.Migrations.Count)
            {
                throw WharfException.Unavailable(
                    $"the state database was written by a newer version of the daemon: its part \"{part.Name}\" has schema version {version}, this build knows up to {part.Migrations.Count}; "
                    + "start that newer version, or use another data root");
            }
        }

        foreach (SchemaPart part in parts)
        {
            for (long version = versions.GetValueOrDefault(part.Name); version < part.Migrations.Count; version++)
            {
                using SqliteTransaction transaction = connection.BeginTransaction();
                Sql.Execute(connection, part.Migrations[(int)version]);
                Sql.Execute(
                    connection,
                    "INSERT INTO schema_parts (name, version) VALUES ($name, $version) ON CONFLICT (name) DO UPDATE SET version = excluded.version",
                    ("$name", part.Name),
                    ("$version", version + 1));
                transaction.Commit();
            }
        }
    }
}
