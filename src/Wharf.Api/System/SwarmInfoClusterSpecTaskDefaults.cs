namespace Wharf.Api.System;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class SwarmInfoClusterSpecTaskDefaults
{
    public SwarmInfoClusterSpecTaskDefaultsLogDriver? LogDriver { get; set; }
}
