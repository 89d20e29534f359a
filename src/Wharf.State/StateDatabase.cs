using Microsoft.Data.Sqlite;
using Wharf.Primitives;

namespace Wharf.State;

/// <summary>
/// The SQLite file of a data root. One process owns it at a time (a lock file beside it says so); one thread writes, any number read.
/// </summary>
public sealed class StateDatabase : IStateDatabase, IAsyncDisposable
{
    private readonly FileStream _lock;
    private readonly ConnectionPool _readers;
    private readonly GroupCommitWriter _writer;
    private int _disposed;

    private StateDatabase(FileStream @lock, ConnectionPool readers, GroupCommitWriter writer)
    {
        _lock = @lock;
        _readers = readers;
        _writer = writer;
    }

    /// <summary>Opens or creates the database and brings every part to the version this build knows.</summary>
    /// <param name="path">The database file; its folder must exist.</param>
    /// <param name="parts">The tables of every room that will use it.</param>
    /// <exception cref="WharfException">
    /// Conflict when another process holds the data root; DataLoss when the file is no sound database; Unavailable when it was written by a newer build.
    /// </exception>
    public static StateDatabase Open(string path, IReadOnlyList<SchemaPart> parts)
    {
        SQLitePCL.Batteries_V2.Init();
        FileStream held = AcquireLock(path + ".lock");
        SqliteConnection? connection = null;
        try
        {
            KeepPrivate(path);
            connection = Connect(path, SqliteOpenMode.ReadWriteCreate);

            // Tables that a power cut takes back are made again by the next start: nothing of them needs a flush of its own.
            Sql.Execute(connection, "PRAGMA synchronous = NORMAL");
            Sql.Execute(connection, "PRAGMA journal_mode = WAL");
            Sql.Execute(connection, "PRAGMA foreign_keys = ON");
            Schema.Migrate(connection, parts);
            Sql.Execute(connection, "PRAGMA synchronous = FULL");
            var reserve = new SpaceReserve(path + ".reserve");
            reserve.TryFill();
            var readers = new ConnectionPool(() => Connect(path, SqliteOpenMode.ReadOnly));
            return new StateDatabase(held, readers, new GroupCommitWriter(connection, reserve));
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SqliteCodes.Corrupt or SqliteCodes.NotADatabase)
        {
            connection?.Dispose();
            held.Dispose();
            throw WharfException.DataLoss($"{path} is not a sound state database ({e.Message}); restore it from a backup or move it away to begin with an empty one", e);
        }
        catch
        {
            connection?.Dispose();
            held.Dispose();
            throw;
        }
    }

    public T Read<T>(Func<SqliteConnection, T> read)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        SqliteConnection connection = _readers.Rent();
        try
        {
            // One deferred transaction: several queries of one read see one state of the database.
            using SqliteTransaction transaction = connection.BeginTransaction(deferred: true);
            T result = read(connection);
            transaction.Commit();
            return result;
        }
        finally
        {
            _readers.Return(connection);
        }
    }

    public Task<T> WriteAsync<T>(Func<SqliteConnection, T> write) => _writer.Enqueue(write, durable: true);

    public Task WriteRelaxedAsync(Action<SqliteConnection> write) => _writer.Enqueue(
        connection =>
        {
            write(connection);
            return 0;
        },
        durable: false);

    /// <summary>Commits what is queued, makes it durable and lets the data root go.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _writer.DisposeAsync();
        _readers.Dispose();
        await _lock.DisposeAsync();
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = 30,
        }.ToString());
        connection.Open();
        Sql.Execute(connection, "PRAGMA busy_timeout = 30000");
        return connection;
    }

    // Environments of containers are in it. Its companions get its mode when they are made.
    private static void KeepPrivate(string path)
    {
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (!File.Exists(path))
        {
            using var made = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Private });
        }

        foreach (string file in (string[])[path, path + "-wal", path + "-shm"])
        {
            if (File.Exists(file))
            {
                File.SetUnixFileMode(file, Private);
            }
        }
    }

    private static FileStream AcquireLock(string path)
    {
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB): the kernel lets it go when the process dies, however it dies.
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException e) when (e is not FileNotFoundException and not DirectoryNotFoundException)
        {
            throw new WharfException(ErrorKind.Conflict, $"the data root {Path.GetDirectoryName(path)} is in use by another daemon ({e.Message})", e);
        }
    }
}
