using Wharf.Primitives;

namespace Wharf.Engine.Prune;

/// <summary>Removes what nobody uses. Each answer lists what went and how many bytes were measured to be freed.</summary>
public interface IPruneService
{
    /// <param name="filters">until, label, label!.</param>
    /// <param name="ct">Stops between two containers.</param>
    Task<PruneResult> ContainersAsync(FilterSet filters, CancellationToken ct);

    /// <param name="filters">all, label, label!. Without all only anonymous volumes.</param>
    /// <param name="ct">Stops between two volumes.</param>
    Task<PruneResult> VolumesAsync(FilterSet filters, CancellationToken ct);

    /// <param name="filters">until, label, label!.</param>
    /// <param name="ct">Stops between two networks.</param>
    Task<PruneResult> NetworksAsync(FilterSet filters, CancellationToken ct);
}

/// <param name="Deleted">Ids or names.</param>
/// <param name="SpaceReclaimed">Bytes.</param>
public sealed record PruneResult(List<string> Deleted, long SpaceReclaimed);
