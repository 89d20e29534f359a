namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>IDResponse</c>.</summary>
public sealed class IdResponse
{
    public string? Id { get; set; }
}
