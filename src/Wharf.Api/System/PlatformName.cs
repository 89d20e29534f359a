namespace Wharf.Api.System;

/// <summary>Engine API 1.55, definition <c>Platform</c>.</summary>
public sealed class PlatformName
{
    public string? Architecture { get; set; }

    public string? OS { get; set; }
}
