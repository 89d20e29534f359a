using Wharf.Primitives;
using Wharf.State;

namespace Wharf.Build.Mounts;

/// <summary>A cache mount that exists.</summary>
/// <param name="Name">Of its folder.</param>
/// <param name="Id">As Dockerfiles name it.</param>
/// <param name="Uses">How many steps had it.</param>
public sealed record CacheMountRecord(string Name, string Id, DateTimeOffset Created, DateTimeOffset LastUsed, int Uses)
{
    public bool InUse { get; init; }

    /// <summary>Bytes.</summary>
    public long Size { get; init; }
}

/// <summary>What the state database knows of cache mounts; the table is part of the build cache's schema.</summary>
internal sealed class CacheMountTable(IStateDatabase database)
{
    public Task UseAsync(string name, string id, DateTimeOffset now) => database.WriteRelaxedAsync(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO cache_mount (name, id, created, last_used, uses) VALUES ($name, $id, $now, $now, 1)
            ON CONFLICT (name) DO UPDATE SET last_used = $now, uses = uses + 1
            """;
        command.Parameters.AddWithValue("$name", name);
        command.Parameters.AddWithValue("$id", id);
        command.Parameters.AddWithValue("$now", now.ToUnixTimeMilliseconds());
        command.ExecuteNonQuery();
    });

    public IReadOnlyList<CacheMountRecord> List() => database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name, id, created, last_used, uses FROM cache_mount ORDER BY last_used DESC";
        using var reader = command.ExecuteReader();
        var records = new List<CacheMountRecord>();
        while (reader.Read())
        {
            records.Add(new CacheMountRecord(reader.GetString(0), reader.GetString(1), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)), reader.GetInt32(4)));
        }

        return records;
    });

    public Task ForgetAsync(IReadOnlyList<string> names) => database.WriteAsync(connection =>
    {
        foreach (string name in names)
        {
            using var command = connection.CreateCommand();
            command.CommandText = "DELETE FROM cache_mount WHERE name = $name";
            command.Parameters.AddWithValue("$name", name);
            command.ExecuteNonQuery();
        }

        return names.Count;
    });
}
