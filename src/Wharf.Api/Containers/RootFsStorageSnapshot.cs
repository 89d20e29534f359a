namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>RootFSStorageSnapshot</c>.</summary>
public sealed class RootFsStorageSnapshot
{
    public string? Name { get; set; }
}
