using Microsoft.Data.Sqlite;

namespace Wharf.State;

/// <summary>
/// The one durable index of the engine: containers, images, layers, networks, volumes, build cache records and the event journal, in one
/// SQLite file (WAL) in the data root. Writers queue for one connection and are committed together (one fsync for all that
/// wait); a write's task completes only when it is on disk. Readers never wait for writers.
/// </summary>
public interface IStateDatabase
{
    /// <summary>Runs <paramref name="read"/> on a pooled read-only connection; it must not keep the connection.</summary>
    T Read<T>(Func<SqliteConnection, T> read);

    /// <summary>
    /// Runs <paramref name="write"/> in the next group commit, in its own savepoint: if it throws, only its own changes are undone and the
    /// exception comes out of the task. The task completes when the commit is durable.
    /// </summary>
    Task<T> WriteAsync<T>(Func<SqliteConnection, T> write);

    /// <summary>As <see cref="WriteAsync{T}"/>, for writes nobody has to wait for to be durable (history, last-used times): completes when applied.</summary>
    Task WriteRelaxedAsync(Action<SqliteConnection> write);
}
