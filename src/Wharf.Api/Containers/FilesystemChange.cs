namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>FilesystemChange</c>.</summary>
public sealed class FilesystemChange
{
    public string? Path { get; set; }

    public long Kind { get; set; }
}
