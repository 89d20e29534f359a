namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>ThrottleDevice</c>.</summary>
public sealed class ThrottleDevice
{
    public string? Path { get; set; }

    public long Rate { get; set; }
}
