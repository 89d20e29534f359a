namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>DriverData</c>.</summary>
public sealed class DriverData
{
    public string? Name { get; set; }

    public Dictionary<string, string>? Data { get; set; }
}
