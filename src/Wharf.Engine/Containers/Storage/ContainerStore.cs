using System.Text.Json;
using Microsoft.Data.Sqlite;
using Wharf.Network.Json;
using Wharf.Network.Sandboxes;
using Wharf.Primitives;
using Wharf.State;

namespace Wharf.Engine.Containers.Storage;

/// <summary>
/// The rows of containers. What a user was told is done (create, remove, rename, update) is durable before the answer; how a run goes is written without waiting
/// for the disk, since after a power cut no run is what it was. A container with AutoRemove dies with its run, so its row needs no fsync either: it survives
/// the daemon, not the machine.
/// </summary>
internal sealed class ContainerStore(IStateDatabase database)
{
    public static readonly SchemaPart Schema = new("containers",
    [
        """
        CREATE TABLE containers (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            definition BLOB NOT NULL,
            state BLOB NOT NULL,
            sandbox BLOB
        ) WITHOUT ROWID
        """,
    ]);

    public Task InsertAsync(ContainerRecord record)
    {
        byte[] definition = Bytes(record.Definition), state = Bytes(record.State);
        return Write(record, connection => Sql.Execute(
            connection,
            "INSERT INTO containers (id, name, definition, state) VALUES ($id, $name, $definition, $state)",
            ("$id", record.Id),
            ("$name", record.Name),
            ("$definition", definition),
            ("$state", state)));
    }

    public Task UpdateDefinitionAsync(ContainerRecord record)
    {
        byte[] definition = Bytes(record.Definition);
        return Write(record, connection => Sql.Execute(
            connection,
            "UPDATE containers SET name = $name, definition = $definition WHERE id = $id",
            ("$id", record.Id),
            ("$name", record.Name),
            ("$definition", definition)));
    }

    /// <summary>Writes state and sandbox, not waiting for the disk.</summary>
    public Task UpdateStateAsync(ContainerRecord record)
    {
        byte[] state = Bytes(record.State);
        byte[]? sandbox = record.Sandbox is null ? null : JsonSerializer.SerializeToUtf8Bytes(record.Sandbox, NetworkJson.Default.Sandbox);
        return database.WriteRelaxedAsync(connection => Sql.Execute(
            connection,
            "UPDATE containers SET state = $state, sandbox = $sandbox WHERE id = $id",
            ("$id", record.Id),
            ("$state", state),
            ("$sandbox", sandbox)));
    }

    public Task DeleteAsync(ContainerRecord record) =>
        Write(record, connection => Sql.Execute(connection, "DELETE FROM containers WHERE id = $id", ("$id", record.Id)));

    /// <param name="damaged">Told of a row that cannot be read: id and why. It stays where it is and the rest goes on.</param>
    public List<ContainerRecord> LoadAll(Action<string, Exception> damaged) => database.Read(connection =>
    {
        var records = new List<ContainerRecord>();
        foreach (var (id, definition, state, sandbox) in Sql.Query(
            connection,
            "SELECT id, definition, state, sandbox FROM containers",
            row => (row.GetString(0), row.GetFieldValue<byte[]>(1), row.GetFieldValue<byte[]>(2), row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3))))
        {
            try
            {
                records.Add(new ContainerRecord
                {
                    Definition = JsonSerializer.Deserialize(definition, EngineJson.Default.ContainerDefinition) ?? throw WharfException.DataLoss("empty definition"),
                    State = JsonSerializer.Deserialize(state, EngineJson.Default.RunState) ?? new RunState(),
                    Sandbox = sandbox is null ? null : JsonSerializer.Deserialize(sandbox, NetworkJson.Default.Sandbox),
                });
            }
            catch (Exception e) when (e is JsonException or WharfException or InvalidOperationException)
            {
                damaged(id, e);
            }
        }

        return records;
    });

    private Task Write(ContainerRecord record, Func<SqliteConnection, int> write) => record.HostConfig.AutoRemove
        ? database.WriteRelaxedAsync(connection => write(connection))
        : database.WriteAsync(write);

    private static byte[] Bytes(ContainerDefinition definition) => JsonSerializer.SerializeToUtf8Bytes(definition, EngineJson.Default.ContainerDefinition);

    private static byte[] Bytes(RunState state) => JsonSerializer.SerializeToUtf8Bytes(state, EngineJson.Default.RunState);
}
