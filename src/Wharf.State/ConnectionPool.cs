using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Wharf.State;

/// <summary>Read-only connections, opened when all others are busy and kept up to a bound.</summary>
internal sealed class ConnectionPool(Func<SqliteConnection> open) : IDisposable
{
    private const int Kept = 8;

    private readonly ConcurrentBag<SqliteConnection> _idle = [];
    private bool _disposed;

    public SqliteConnection Rent() => _idle.TryTake(out SqliteConnection? connection) ? connection : open();

    public void Return(SqliteConnection connection)
    {
        if (_disposed || _idle.Count >= Kept)
        {
            connection.Dispose();
            return;
        }

        _idle.Add(connection);
    }

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out SqliteConnection? connection))
        {
            connection.Dispose();
        }
    }
}
