namespace Wharf.Api.Builds;

/// <summary>Engine API 1.55, definition <c>BuildCache</c>.</summary>
public sealed class BuildCache
{
    public string? ID { get; set; }

    public List<string>? Parents { get; set; }

    public string? Type { get; set; }

    public string? Description { get; set; }

    public bool InUse { get; set; }

    public bool Shared { get; set; }

    public long Size { get; set; }

    public string? CreatedAt { get; set; }

    public string? LastUsedAt { get; set; }

    public long UsageCount { get; set; }
}
