namespace Wharf.Build.Execution;

/// <summary>The SSH agents that a client lends to its build (<c>--ssh</c>). They stay where they are; single connections are relayed.</summary>
public interface IBuildAgents
{
    bool Has(string id);

    /// <summary>What the client calls them.</summary>
    IReadOnlyCollection<string> Ids { get; }

    /// <summary>Joins a connection that a step opened with the client's agent, until one side ends it.</summary>
    /// <exception cref="Primitives.WharfException">Unavailable: the client did not answer.</exception>
    Task RelayAsync(string id, Stream local, CancellationToken ct);
}
