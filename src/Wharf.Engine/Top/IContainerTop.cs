using Wharf.Api.Containers;
using Wharf.Primitives;

namespace Wharf.Engine.Top;

/// <summary>The processes of a container, as the host sees them.</summary>
public interface IContainerTop
{
    /// <param name="containerNameOrId">The container.</param>
    /// <param name="psArguments">Options of ps(1); null for <c>-ef</c>.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="WharfException">NotFound; Conflict "container X is not running"; InvalidArgument for options that are not understood.</exception>
    Task<ContainerTopResponse> TopAsync(string containerNameOrId, string? psArguments, CancellationToken ct);
}
