using Microsoft.Data.Sqlite;
using Wharf.Primitives;
using Wharf.State;

namespace Wharf.Images.Index;

/// <summary>
/// The images' index: the current <see cref="IndexState"/> in memory, the database below it. One change at a time; a change is visible
/// when, and only when, the database has it.
/// </summary>
internal sealed class LocalIndex : IDisposable
{
    private readonly IStateDatabase _database;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Lock _publish = new();
    private readonly Dictionary<Digest, int> _leases = [];
    private volatile IndexState _state;

    public LocalIndex(IStateDatabase database, Action<string> report)
    {
        _database = database;
        _state = database.Read(connection => IndexLoader.Load(connection, report));
    }

    public IndexState State => _state;

    public IStateDatabase Database => _database;

    public void Dispose() => _gate.Dispose();

    /// <summary>
    /// Changes the index: <paramref name="change"/> sees the current state and returns the next one with the statements that bring the
    /// database there; null means nothing is to be done. Returns when that is durable,
    /// unless the change asks for less.
    /// </summary>
    public async Task<IndexState> ChangeAsync(Func<IndexState, IndexChange?> change, CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (change(_state) is not { } next)
            {
                return _state;
            }

            if (next.Durable)
            {
                await _database.WriteAsync(connection =>
                {
                    next.Write(connection);
                    return true;
                }).ConfigureAwait(false);
            }
            else
            {
                await _database.WriteRelaxedAsync(next.Write).ConfigureAwait(false);
            }

            lock (_publish)
            {
                // Container rows come and go beside the gate; the change is replayed on what they have made of the state meanwhile.
                _state = next.State with { Containers = _state.Containers };
            }

            next.After?.Invoke();
            return next.State;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// Adds a container's row. Neither behind the gate nor waiting for the disk: many containers start at once, and the engine's own row, written
    /// next, carries this one with it. The chain must be leased by the caller.
    /// </summary>
    public async Task AddContainerAsync(ContainerRecord container)
    {
        lock (_publish)
        {
            if (_state.Containers.ContainsKey(container.Container))
            {
                throw WharfException.Conflict($"the root file system of container {container.Container} exists already");
            }

            _state = _state with { Containers = _state.Containers.Add(container.Container, container) };
        }

        try
        {
            await _database.WriteRelaxedAsync(connection => Sql.Execute(connection,
                "INSERT INTO container_layers (container, image, chain, bound) VALUES ($container, $image, $chain, $bound)",
                ("$container", container.Container), ("$image", Text(container.Image)), ("$chain", Text(container.Chain)), ("$bound", container.Bound))).ConfigureAwait(false);
        }
        catch
        {
            Forget(container.Container);
            throw;
        }
    }

    public async Task RemoveContainerAsync(string container)
    {
        await _database.WriteRelaxedAsync(connection =>
            Sql.Execute(connection, "DELETE FROM container_layers WHERE container = $container", ("$container", container))).ConfigureAwait(false);
        Forget(container);
    }

    /// <summary>Keeps a chain of layers from being collected until the lease is disposed; false when its top is not (or no longer) here.</summary>
    public async Task<LayerLease?> TryLeaseAsync(Digest chain, CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            return chain.IsEmpty || _state.Layers.ContainsKey(chain) ? Lease(chain) : null;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>A lease on a chain that is about to come into being, or that the caller knows to be held otherwise.</summary>
    public LayerLease Lease(Digest chain)
    {
        lock (_leases)
        {
            _leases[chain] = _leases.GetValueOrDefault(chain) + 1;
        }

        return new LayerLease(this, chain);
    }

    public IReadOnlyList<Digest> LeasedChains()
    {
        lock (_leases)
        {
            return [.. _leases.Keys];
        }
    }

    internal void Release(Digest chain)
    {
        lock (_leases)
        {
            if (--_leases[chain] == 0)
            {
                _leases.Remove(chain);
            }
        }
    }

    public static string? Text(Digest digest) => digest.IsEmpty ? null : digest.ToString();

    private void Forget(string container)
    {
        lock (_publish)
        {
            _state = _state with { Containers = _state.Containers.Remove(container) };
        }
    }
}

/// <param name="State">The state after the change.</param>
/// <param name="Write">Brings the database there; runs in one transaction.</param>
/// <param name="Durable">False for what a later, durable change will carry to the disk with it: commits are in order.</param>
internal sealed record IndexChange(IndexState State, Action<SqliteConnection> Write, bool Durable = true)
{
    /// <summary>Work on the disk that must be over before the next change sees the new state.</summary>
    public Action? After { get; init; }
}

/// <summary>Holds a chain of layers against collection.</summary>
internal sealed class LayerLease(LocalIndex index, Digest chain) : IDisposable
{
    private int _released;

    public Digest Chain => chain;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            index.Release(chain);
        }
    }
}
