namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>ContainerTopResponse</c>.</summary>
public sealed class ContainerTopResponse
{
    public List<string>? Titles { get; set; }

    public List<List<string>>? Processes { get; set; }
}
