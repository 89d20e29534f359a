using System.Text.Json;
using Wharf.Network.Json;
using Wharf.Network.Networks;
using Wharf.Primitives;
using Wharf.State;

namespace Wharf.Engine.Networks;

/// <summary>The rows of networks: what the network room asks to be kept for it.</summary>
internal sealed class NetworkStore(IStateDatabase database)
{
    public static readonly SchemaPart Schema = new("networks", ["CREATE TABLE networks (id TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID"]);

    public List<NetworkRecord> LoadAll() => database.Read(connection => Sql.Query(
        connection,
        "SELECT record FROM networks",
        row => JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(0), NetworkJson.Default.NetworkRecord) ?? throw WharfException.DataLoss("a stored network is empty")));

    public Task SaveAsync(params IEnumerable<NetworkRecord> networks) => database.WriteAsync(connection =>
    {
        int count = 0;
        foreach (NetworkRecord network in networks)
        {
            count += Sql.Execute(
                connection,
                "INSERT INTO networks (id, record) VALUES ($id, $record) ON CONFLICT (id) DO UPDATE SET record = excluded.record",
                ("$id", network.Id),
                ("$record", JsonSerializer.SerializeToUtf8Bytes(network, NetworkJson.Default.NetworkRecord)));
        }

        return count;
    });

    /// <summary>Writes the set of networks as it is after a restore: what is not in it is gone.</summary>
    public Task ReplaceAsync(IReadOnlyList<NetworkRecord> networks) => database.WriteAsync(connection =>
    {
        Sql.Execute(connection, "DELETE FROM networks");
        foreach (NetworkRecord network in networks)
        {
            Sql.Execute(
                connection,
                "INSERT INTO networks (id, record) VALUES ($id, $record)",
                ("$id", network.Id),
                ("$record", JsonSerializer.SerializeToUtf8Bytes(network, NetworkJson.Default.NetworkRecord)));
        }

        return networks.Count;
    });

    public Task RemoveAsync(string id) => database.WriteAsync(connection => Sql.Execute(connection, "DELETE FROM networks WHERE id = $id", ("$id", id)));
}
