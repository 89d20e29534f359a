using System.Collections.Concurrent;
using Wharf.Primitives;

namespace Wharf.Api.Server.Builds;

/// <summary>Agents by the id of the build that may use them: build and agents come over different connections, in either order.</summary>
internal sealed class LentAgentsTable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<LentAgents>> builds = new();

    /// <summary>Opens the door for the agents of a build.</summary>
    public LentAgents Open(string buildId, IReadOnlyList<string> ids)
    {
        var agents = new LentAgents(ids);
        Entry(buildId).TrySetResult(agents);
        return agents;
    }

    public void Close(string buildId)
    {
        if (builds.TryRemove(buildId, out var entry) && entry.Task.IsCompletedSuccessfully)
        {
            entry.Task.Result.Close();
        }
    }

    /// <exception cref="WharfException">NotFound: no such build, nor does it begin.</exception>
    public async Task<LentAgents> FindAsync(string buildId, string id, CancellationToken ct)
    {
        try
        {
            var agents = await Entry(buildId).Task.WaitAsync(Patience, ct);
            return agents.Has(id) ? agents : throw WharfException.NotFound($"the build {buildId} has no ssh agent {id}");
        }
        catch (TimeoutException error)
        {
            builds.TryRemove(buildId, out _);
            throw new WharfException(ErrorKind.NotFound, $"no such build: {buildId}", error);
        }
    }

    private TaskCompletionSource<LentAgents> Entry(string buildId) =>
        builds.GetOrAdd(buildId, _ => new TaskCompletionSource<LentAgents>(TaskCreationOptions.RunContinuationsAsynchronously));
}
