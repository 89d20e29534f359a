namespace Wharf.Api.Networks;

/// <summary>Engine API 1.55, definition <c>ConfigReference</c>.</summary>
public sealed class ConfigReference
{
    public string? Network { get; set; }
}
