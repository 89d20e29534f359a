using Microsoft.Data.Sqlite;
using Wharf.Primitives;
using Wharf.Primitives.Concurrency;

namespace Wharf.State;

/// <summary>
/// The one thread that writes. It takes everything that waits, runs each write in a savepoint of one transaction and commits once: under load
/// one fsync serves all of a group. A group without durable writes is committed without fsync and made durable within a second.
/// </summary>
internal sealed class GroupCommitWriter : IAsyncDisposable
{
    private const int LargestGroup = 256;
    private static readonly TimeSpan SyncDelay = TimeSpan.FromSeconds(1);

    private readonly SqliteConnection _connection;
    private readonly SpaceReserve _reserve;
    private readonly WorkQueue<QueuedWrite> _queue = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<QueuedWrite> _group = new(LargestGroup);
    private bool _full = true;
    private bool _unsynced;

    public GroupCommitWriter(SqliteConnection connection, SpaceReserve reserve)
    {
        _connection = connection;
        _reserve = reserve;
        new Thread(Run) { Name = "state-writer", IsBackground = true }.Start();
    }

    public Task<T> Enqueue<T>(Func<SqliteConnection, T> write, bool durable)
    {
        var queued = new QueuedWrite<T>(write, durable);
        if (!_queue.TryAdd(queued))
        {
            queued.Fail(WharfException.Unavailable("the state database is closed"));
        }

        return queued.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        await _ended.Task;
    }

    private void Run()
    {
        while (!_queue.IsEnded)
        {
            // Without unsynced changes there is nothing to wake for.
            if (!_queue.TryTake(out QueuedWrite? first, _unsynced ? SyncDelay : Timeout.InfiniteTimeSpan))
            {
                Sync();
                continue;
            }

            _group.Add(first);
            while (_group.Count < LargestGroup && _queue.TryTake(out QueuedWrite? next))
            {
                _group.Add(next);
            }

            _reserve.TryFill();
            CommitGroup();
            _group.Clear();
        }

        Sync();
        _connection.Dispose();
        _ended.SetResult();
    }

    private void CommitGroup()
    {
        try
        {
            bool durable = _group.Exists(w => w.Durable);
            SetSynchronous(durable);
            Sql.Execute(_connection, "BEGIN IMMEDIATE");
            if (RunGroup())
            {
                Sql.Execute(_connection, "COMMIT");
                _unsynced = !durable;
            }
            else
            {
                Sql.Execute(_connection, "ROLLBACK");
            }
        }
        catch (SqliteException e) when (e.SqliteErrorCode == SqliteCodes.Full && _reserve.IsWhole)
        {
            Rollback();
            _reserve.Release();
            CommitGroup();
            return;
        }
        catch (Exception e)
        {
            Exception error = Explain(e);
            Rollback();
            _group.ForEach(w => w.Fail(error));
            return;
        }

        _group.ForEach(w => w.Complete());
    }

    /// <summary>Whether there is anything to commit.</summary>
    private bool RunGroup()
    {
        // Alone in its group a write needs no savepoint: the transaction is its own.
        if (_group is [QueuedWrite only])
        {
            return only.TryRun(_connection);
        }

        bool written = false;
        foreach (QueuedWrite write in _group)
        {
            Sql.Execute(_connection, "SAVEPOINT w");
            if (write.TryRun(_connection))
            {
                written = true;
            }
            else
            {
                Sql.Execute(_connection, "ROLLBACK TO w");
            }

            Sql.Execute(_connection, "RELEASE w");
        }

        return written;
    }

    private void SetSynchronous(bool full)
    {
        if (full != _full)
        {
            Sql.Execute(_connection, full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
            _full = full;
        }
    }

    private void Rollback()
    {
        try
        {
            Sql.Execute(_connection, "ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite rolls back by itself on a full disk or an I/O error; then there is no transaction left to end.
        }
    }

    private void Sync()
    {
        if (!_unsynced)
        {
            return;
        }

        try
        {
            // A checkpoint syncs the log before it moves pages; readers and writers go on meanwhile.
            Sql.Execute(_connection, "PRAGMA wal_checkpoint(PASSIVE)");
            _unsynced = false;
        }
        catch (SqliteException)
        {
            // Stays unsynced: the next durable commit or the next round tries again, and reports to a caller who waits for it.
        }
    }

    private static Exception Explain(Exception e) => e is SqliteException { SqliteErrorCode: SqliteCodes.Full }
        ? WharfException.Internal("cannot write the state database: no space left on device", e)
        : e;
}
