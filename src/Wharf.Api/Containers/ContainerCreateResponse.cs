namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>ContainerCreateResponse</c>.</summary>
public sealed record ContainerCreateResponse
{
    public string? Id { get; set; }

    public List<string>? Warnings { get; set; }
}
