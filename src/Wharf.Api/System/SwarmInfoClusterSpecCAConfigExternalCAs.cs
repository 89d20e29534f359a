namespace Wharf.Api.System;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class SwarmInfoClusterSpecCAConfigExternalCAs
{
    public string? Protocol { get; set; }

    public string? URL { get; set; }

    public Dictionary<string, string>? Options { get; set; }

    public string? CACert { get; set; }
}
