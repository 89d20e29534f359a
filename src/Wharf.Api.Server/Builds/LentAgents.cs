using System.Collections.Concurrent;
using System.Threading.Channels;
using Wharf.Api.Server.Streams;
using Wharf.Build.Execution;
using Wharf.Primitives;

namespace Wharf.Api.Server.Builds;

/// <summary>
/// The SSH agents of one build's client. The engine cannot call a client, so the client keeps a connection waiting here for each agent
/// (<c>POST /build/agent</c>); a step that wants the agent gets it, and the client opens the next.
/// </summary>
internal sealed class LentAgents(IReadOnlyList<string> ids) : IBuildAgents
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, Channel<Lent>> waiting =
        new(ids.Select(id => KeyValuePair.Create(id, Channel.CreateUnbounded<Lent>())));

    private readonly TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyCollection<string> Ids => ids;

    public bool Has(string id) => waiting.ContainsKey(id);

    public async Task RelayAsync(string id, Stream local, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        Lent lent;
        try
        {
            do
            {
                lent = await waiting[id].Reader.ReadAsync(patience.Token);
            }
            while (lent.Connection.ClientGone.IsCancellationRequested);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw WharfException.Unavailable($"the client does not answer for its ssh agent {id}");
        }

        try
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(ct, lent.Connection.ClientGone);
            Task up = local.CopyToAsync(lent.Connection.Output.AsStream(leaveOpen: true), end.Token);
            Task down = lent.Connection.Input.AsStream(leaveOpen: true).CopyToAsync(local, end.Token);
            await Task.WhenAny(up, down);
            await end.CancelAsync();
            await Task.WhenAll(up, down).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
        finally
        {
            lent.Done.TrySetResult();
        }
    }

    /// <summary>Takes a connection that the client lends, until it was used, the build is over or the client is gone.</summary>
    public async Task LendAsync(string id, HijackedConnection connection)
    {
        var lent = new Lent(connection, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        using var gone = connection.ClientGone.Register(() => lent.Done.TrySetResult());
        waiting[id].Writer.TryWrite(lent);

        // One that is in use belongs to its step, which the build has stopped by then.
        await Task.WhenAny(lent.Done.Task, over.Task);
    }

    /// <summary>The build is over: what still waits is let go.</summary>
    public void Close() => over.TrySetResult();

    private sealed record Lent(HijackedConnection Connection, TaskCompletionSource Done);
}
