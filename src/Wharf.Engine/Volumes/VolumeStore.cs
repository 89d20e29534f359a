using System.Collections.Concurrent;
using System.Text.Json;
using Wharf.Api.Json;
using Wharf.State;

namespace Wharf.Engine.Volumes;

/// <summary>What is known of a volume. Immutable.</summary>
internal sealed record VolumeRecord(string Name, string Driver, DateTimeOffset Created, IReadOnlyDictionary<string, string> Options, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>The label that marks volumes whose name was made up, as Docker sets it.</summary>
    public const string AnonymousLabel = "com.docker.volume.anonymous";

    public bool IsAnonymous => Labels.ContainsKey(AnonymousLabel);
}

/// <summary>The volumes of the state database, all in memory.</summary>
internal sealed class VolumeStore
{
    private readonly IStateDatabase _database;
    private readonly ConcurrentDictionary<string, VolumeRecord> _volumes;

    public VolumeStore(IStateDatabase database)
    {
        _database = database;
        _volumes = new ConcurrentDictionary<string, VolumeRecord>(database.Read(c => Sql.Query(c, "SELECT name, driver, created, options, labels FROM volumes",
            row => new VolumeRecord(row.GetString(0), row.GetString(1), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)), Read(row.GetString(3)), Read(row.GetString(4)))))
            .Select(v => KeyValuePair.Create(v.Name, v)), StringComparer.Ordinal);
    }

    public static SchemaPart Schema { get; } = new("volumes", [
        "CREATE TABLE volumes (name TEXT PRIMARY KEY, driver TEXT NOT NULL, created INTEGER NOT NULL, options TEXT NOT NULL, labels TEXT NOT NULL) STRICT",
    ]);

    public ICollection<VolumeRecord> All => _volumes.Values;

    public VolumeRecord? Find(string name) => _volumes.GetValueOrDefault(name);

    public async Task AddAsync(VolumeRecord volume, bool durable)
    {
        if (durable)
        {
            await _database.WriteAsync(c => Insert(c, volume));
        }
        else
        {
            await _database.WriteRelaxedAsync(c => Insert(c, volume));
        }

        _volumes[volume.Name] = volume;
    }

    public async Task RemoveAsync(string name)
    {
        await _database.WriteAsync(c => Sql.Execute(c, "DELETE FROM volumes WHERE name = $name", ("$name", name)));
        _volumes.TryRemove(name, out _);
    }

    private static int Insert(Microsoft.Data.Sqlite.SqliteConnection connection, VolumeRecord volume) =>
        Sql.Execute(connection, "INSERT OR REPLACE INTO volumes (name, driver, created, options, labels) VALUES ($name, $driver, $created, $options, $labels)",
            ("$name", volume.Name), ("$driver", volume.Driver), ("$created", volume.Created.ToUnixTimeMilliseconds()), ("$options", Write(volume.Options)), ("$labels", Write(volume.Labels)));

    private static Dictionary<string, string> Read(string json) => JsonSerializer.Deserialize(json, ApiJson.Context.DictionaryStringString) ?? [];

    private static string Write(IReadOnlyDictionary<string, string> pairs) => JsonSerializer.Serialize(new Dictionary<string, string>(pairs), ApiJson.Context.DictionaryStringString);
}
