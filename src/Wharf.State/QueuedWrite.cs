using Microsoft.Data.Sqlite;

namespace Wharf.State;

/// <summary>One write that waits for its group commit.</summary>
internal abstract class QueuedWrite(bool durable)
{
    public bool Durable { get; } = durable;

    /// <summary>
    /// Runs the write; false when it threw, with the exception kept for <see cref="Complete"/>. A full disk is not the write's own failure but the group's, and
    /// thrown on: the write is run again when there is room, so it changes nothing but the database.
    /// </summary>
    public abstract bool TryRun(SqliteConnection connection);

    /// <summary>Answers the caller, after the commit.</summary>
    public abstract void Complete();

    /// <summary>Answers the caller that nothing was written.</summary>
    public abstract void Fail(Exception error);
}

internal sealed class QueuedWrite<T>(Func<SqliteConnection, T> write, bool durable) : QueuedWrite(durable)
{
    // Continuations run elsewhere: the writer thread belongs to the queue.
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;
    private Exception? _error;

    public Task<T> Task => _answer.Task;

    public override bool TryRun(SqliteConnection connection)
    {
        try
        {
            _error = null;
            _result = write(connection);
            return true;
        }
        catch (Exception e) when (e is not SqliteException { SqliteErrorCode: SqliteCodes.Full })
        {
            _error = e;
            return false;
        }
    }

    public override void Complete()
    {
        if (_error is not null)
        {
            _answer.SetException(_error);
            return;
        }

        _answer.SetResult(_result!);
    }

    public override void Fail(Exception error) => _answer.SetException(_error ?? error);
}
