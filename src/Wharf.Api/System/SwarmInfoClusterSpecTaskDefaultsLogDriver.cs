namespace Wharf.Api.System;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class SwarmInfoClusterSpecTaskDefaultsLogDriver
{
    public string? Name { get; set; }

    public Dictionary<string, string>? Options { get; set; }
}
