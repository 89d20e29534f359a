namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>Storage</c>.</summary>
public sealed class StorageInfo
{
    public RootFsStorage? RootFS { get; set; }
}
