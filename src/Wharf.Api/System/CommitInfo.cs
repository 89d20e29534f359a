namespace Wharf.Api.System;

/// <summary>Engine API 1.55, definition <c>Commit</c>.</summary>
public sealed record CommitInfo
{
    public string? ID { get; set; }
}
