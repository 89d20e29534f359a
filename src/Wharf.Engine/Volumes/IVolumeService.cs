using Wharf.Api.Volumes;
using Wharf.Primitives;

namespace Wharf.Engine.Volumes;

/// <summary>Named and anonymous volumes.</summary>
public interface IVolumeService
{
    /// <summary>Creates a volume, or answers with the one that has the name and the same driver and options.</summary>
    Task<Volume> CreateAsync(VolumeCreateRequest request, CancellationToken ct);

    /// <exception cref="WharfException">NotFound "get X: no such volume".</exception>
    Volume Inspect(string name);

    /// <param name="filters">dangling, driver, label, name.</param>
    VolumeListResponse List(FilterSet filters);

    /// <exception cref="WharfException">NotFound; Conflict "remove X: volume is in use - [ids]".</exception>
    Task RemoveAsync(string name, bool force, CancellationToken ct);
}
