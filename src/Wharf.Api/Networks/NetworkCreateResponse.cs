namespace Wharf.Api.Networks;

/// <summary>Engine API 1.55, definition <c>NetworkCreateResponse</c>.</summary>
public sealed class NetworkCreateResponse
{
    public string? Id { get; set; }

    public string? Warning { get; set; }
}
