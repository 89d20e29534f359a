using Wharf.Primitives;

namespace Wharf.Engine.Containers;

/// <summary>The query of <c>GET /containers/json</c>.</summary>
public sealed record ContainerListQuery
{
    /// <summary>Also those that do not run.</summary>
    public bool All { get; init; }

    /// <summary>At most this many, newest first, running or not; 0 or less for no limit.</summary>
    public int Limit { get; init; }

    public bool Size { get; init; }

    public FilterSet Filters { get; init; } = FilterSet.Empty;
}
