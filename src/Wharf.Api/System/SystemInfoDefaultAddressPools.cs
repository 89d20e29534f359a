namespace Wharf.Api.System;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class SystemInfoDefaultAddressPools
{
    public string? Base { get; set; }

    public long Size { get; set; }
}
