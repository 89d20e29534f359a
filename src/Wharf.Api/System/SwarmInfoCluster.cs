using System.Text.Json;

namespace Wharf.Api.System;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class SwarmInfoCluster
{
    public string? ID { get; set; }

    public JsonElement? Version { get; set; }

    public string? CreatedAt { get; set; }

    public string? UpdatedAt { get; set; }

    public SwarmInfoClusterSpec? Spec { get; set; }

    public TlsInfo? TLSInfo { get; set; }

    public bool RootRotationInProgress { get; set; }

    public long DataPathPort { get; set; }

    public List<string>? DefaultAddrPool { get; set; }

    public long SubnetSize { get; set; }
}
