namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>RootFSStorage</c>.</summary>
public sealed class RootFsStorage
{
    public RootFsStorageSnapshot? Snapshot { get; set; }
}
