namespace Wharf.Api.System;

/// <summary>Engine API 1.55, definition <c>DeviceInfo</c>.</summary>
public sealed class DeviceInfo
{
    public string? Source { get; set; }

    public string? ID { get; set; }
}
