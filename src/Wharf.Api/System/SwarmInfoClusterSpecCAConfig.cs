namespace Wharf.Api.System;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class SwarmInfoClusterSpecCAConfig
{
    public long NodeCertExpiry { get; set; }

    public List<SwarmInfoClusterSpecCAConfigExternalCAs>? ExternalCAs { get; set; }

    public string? SigningCACert { get; set; }

    public string? SigningCAKey { get; set; }

    public ulong ForceRotate { get; set; }
}
