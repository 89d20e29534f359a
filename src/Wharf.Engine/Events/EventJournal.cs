using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Wharf.Api.Json;
using Wharf.Api.System;
using Wharf.Primitives;
using Wharf.State;

namespace Wharf.Engine.Events;

/// <summary>
/// The event journal: numbered, in the state database, and the newest in memory until they are written. A subscriber is a position in the
/// numbers, so a slow one reads on where it was and nothing is kept for it.
/// </summary>
public sealed class EventJournal : IEventService, IAsyncDisposable
{
    /// <summary>Events in the database; the oldest go at start.</summary>
    private const int Remembered = 256;
    private const int Kept = 100_000;

    /// <summary>Events of one read from the database.</summary>
    private const int PageSize = 500;

    /// <summary>Written events that stay in memory, so that live listeners never read the database.</summary>
    private const int InMemory = 2048;

    private readonly IStateDatabase _database;
    private readonly TimeProvider _clock;
    private readonly IEngineLog _log;
    private readonly Lock _gate = new();
    private readonly Queue<Numbered> _recent = new();
    private readonly SemaphoreSlim _unwritten = new(0);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _writer;
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _last;
    private long _written;
    private long _lastTime;
    private long _published;
    private int _listeners;

    public EventJournal(IStateDatabase database, TimeProvider clock, IEngineLog log)
    {
        _database = database;
        _clock = clock;
        _log = log;
        _last = _written = database.Read(c => Sql.Scalar<long?>(c, "SELECT max(id) FROM events") ?? 0);
        _writer = Task.Run(WriteAsync);
    }

    public static SchemaPart Schema { get; } = new("events", [
        """
        CREATE TABLE events (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, event BLOB NOT NULL) STRICT;
        CREATE INDEX events_time ON events (time);
        """,
    ]);

    /// <summary>Events since this daemon began.</summary>
    public long Published => Interlocked.Read(ref _published);

    /// <summary>Who listens now.</summary>
    public int Listeners => Volatile.Read(ref _listeners);

    public void Publish(string type, string action, string actorId, IReadOnlyDictionary<string, string> attributes)
    {
        var message = new EventMessage
        {
            Type = type,
            Action = action,
            Actor = new EventActor { ID = actorId, Attributes = new Dictionary<string, string>(attributes) },
            Scope = "local",
        };
        lock (_gate)
        {
            // Strictly increasing, so that the order of times is the order of events even when the clock stands or goes back.
            long now = (_clock.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * TimeSpan.NanosecondsPerTick;
            _lastTime = Math.Max(now, _lastTime + 1);
            message.TimeNano = _lastTime;
            message.Time = _lastTime / 1_000_000_000;
            _recent.Enqueue(new Numbered(++_last, message));
            while (_recent.Count > InMemory && _recent.Peek().Id <= _written)
            {
                _recent.Dequeue();
            }

            var news = _news;
            _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            news.SetResult();
        }

        Interlocked.Increment(ref _published);
        _unwritten.Release();
    }

    public IAsyncEnumerable<EventMessage> SubscribeAsync(FilterSet filters, DateTimeOffset? since, DateTimeOffset? until, CancellationToken ct)
    {
        filters.Validate("container", "daemon", "event", "image", "label", "network", "node", "plugin", "scope", "type", "volume", "config", "secret", "service", "builder");
        long position;
        lock (_gate)
        {
            position = _last;
        }

        if (since is { } from)
        {
            position = Before(from, position);
        }
        else if (until is not null)
        {
            // an end alone asks for what has been: as much as Docker remembers
            position = Math.Max(0, position - Remembered);
        }

        return CountedAsync(ReadAsync(new EventFilter(filters), position, until, ct));
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _unwritten.Release();
        await _writer;
        _closing.Dispose();
        _unwritten.Dispose();
    }

    /// <summary>The number of the last event before a moment.</summary>
    private long Before(DateTimeOffset moment, long newest)
    {
        long nano = Nanoseconds(moment);
        lock (_gate)
        {
            if (_recent.TryPeek(out Numbered oldest) && oldest.Message.TimeNano < nano)
            {
                return _recent.LastOrDefault(e => e.Message.TimeNano < nano, oldest).Id;
            }
        }

        long? first = _database.Read(c => Sql.Scalar<long?>(c, "SELECT min(id) FROM events WHERE time >= $time", ("$time", nano)));
        lock (_gate)
        {
            long inMemory = _recent.FirstOrDefault(e => e.Message.TimeNano >= nano).Id;
            long found = first is null ? inMemory : inMemory == 0 ? first.Value : Math.Min(first.Value, inMemory);
            return found == 0 ? newest : found - 1;
        }
    }

    private async IAsyncEnumerable<EventMessage> CountedAsync(IAsyncEnumerable<EventMessage> events)
    {
        Interlocked.Increment(ref _listeners);
        try
        {
            await foreach (EventMessage message in events)
            {
                yield return message;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _listeners);
        }
    }

    private async IAsyncEnumerable<EventMessage> ReadAsync(EventFilter filter, long position, DateTimeOffset? until, [EnumeratorCancellation] CancellationToken ct)
    {
        long end = until is { } moment ? Nanoseconds(moment) : long.MaxValue;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, _closing.Token);
        if (until is { } last)
        {
            TimeSpan left = last - _clock.GetUtcNow();
            if (left > TimeSpan.Zero)
            {
                stop.CancelAfter(left < TimeSpan.FromDays(20) ? left : TimeSpan.FromDays(20));
            }
            else
            {
                await stop.CancelAsync();
            }
        }

        while (true)
        {
            Task news;
            List<Numbered> page;
            lock (_gate)
            {
                news = _news.Task;
                page = FromMemory(position);
            }

            if (page.Count == 0 && position < Volatile.Read(ref _last))
            {
                page = FromDatabase(position);
            }

            foreach (Numbered numbered in page)
            {
                position = numbered.Id;
                if (numbered.Message.TimeNano > end)
                {
                    yield break;
                }

                if (filter.Matches(numbered.Message))
                {
                    yield return numbered.Message;
                }
            }

            if (page.Count > 0)
            {
                continue;
            }

            if (stop.IsCancellationRequested)
            {
                yield break;
            }

            await news.WaitAsync(stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Empty when the next one is no longer in memory (or not yet there).
    private List<Numbered> FromMemory(long position) =>
        _recent.TryPeek(out Numbered oldest) && oldest.Id <= position + 1 ? [.. _recent.Where(e => e.Id > position)] : [];

    private List<Numbered> FromDatabase(long position)
    {
        var page = _database.Read(c => Sql.Query(c, "SELECT id, event FROM events WHERE id > $id ORDER BY id LIMIT $count",
            row => new Numbered(row.GetInt64(0), Decode(row)), ("$id", position), ("$count", PageSize)));
        if (page.Count > 0)
        {
            return page;
        }

        // The journal was cut: go on with what memory has.
        lock (_gate)
        {
            return [.. _recent.Where(e => e.Id > position)];
        }
    }

    private static EventMessage Decode(SqliteDataReader row) =>
        JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(1), ApiJson.Context.EventMessage) ?? throw WharfException.DataLoss("an event in the journal is empty");

    private async Task WriteAsync()
    {
        try
        {
            await _database.WriteRelaxedAsync(c => Sql.Execute(c, "DELETE FROM events WHERE id <= (SELECT max(id) FROM events) - $kept", ("$kept", Kept)));
            while (true)
            {
                await _unwritten.WaitAsync();
                while (_unwritten.Wait(0))
                {
                    // all that came meanwhile goes in one write
                }

                List<Numbered> batch;
                lock (_gate)
                {
                    batch = [.. _recent.Where(e => e.Id > _written)];
                }

                if (batch.Count > 0)
                {
                    await _database.WriteRelaxedAsync(c => Insert(c, batch));
                    Volatile.Write(ref _written, batch[^1].Id);
                }

                if (_closing.IsCancellationRequested)
                {
                    return;
                }
            }
        }
        catch (Exception e)
        {
            // Listeners go on from memory; only the replay after a restart lacks what follows.
            _log.Error("the event journal cannot be written any more", e);
        }
    }

    private static void Insert(SqliteConnection connection, List<Numbered> batch)
    {
        foreach (Numbered numbered in batch)
        {
            Sql.Execute(connection, "INSERT INTO events (id, time, event) VALUES ($id, $time, $event)", ("$id", numbered.Id), ("$time", numbered.Message.TimeNano),
                ("$event", JsonSerializer.SerializeToUtf8Bytes(numbered.Message, ApiJson.Context.EventMessage)));
        }
    }

    private static long Nanoseconds(DateTimeOffset moment) => (moment.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * TimeSpan.NanosecondsPerTick;

    private readonly record struct Numbered(long Id, EventMessage Message);
}
