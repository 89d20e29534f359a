namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class MountRequestTmpfsOptions
{
    public long SizeBytes { get; set; }

    public long Mode { get; set; }

    public List<List<string>>? Options { get; set; }
}
