namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>DeviceMapping</c>.</summary>
public sealed class DeviceMapping
{
    public string? PathOnHost { get; set; }

    public string? PathInContainer { get; set; }

    public string? CgroupPermissions { get; set; }
}
