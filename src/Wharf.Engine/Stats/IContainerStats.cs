using Wharf.Api.Stats;

namespace Wharf.Engine.Stats;

/// <summary>Resource usage of containers.</summary>
public interface IContainerStats
{
    /// <summary>
    /// One sample a second until the container is removed or the token fires; a container that does not run gives samples of zeros. NotFound is thrown
    /// by the call itself, not by the enumeration.
    /// </summary>
    IAsyncEnumerable<ContainerStatsResponse> StreamAsync(string containerNameOrId, CancellationToken ct);

    /// <summary>One sample.</summary>
    /// <param name="containerNameOrId">The container.</param>
    /// <param name="withPrevious">Take two samples a second apart, so that precpu is filled; otherwise answer at once.</param>
    /// <param name="ct">Ends the wait.</param>
    Task<ContainerStatsResponse> SampleAsync(string containerNameOrId, bool withPrevious, CancellationToken ct);
}
