using System.Text.Json;

namespace Wharf.Api.System;

/// <summary>Engine API 1.55, definition <c>BuildCacheDiskUsage</c>.</summary>
public sealed record BuildCacheDiskUsage
{
    public long ActiveCount { get; set; }

    public long TotalCount { get; set; }

    public long Reclaimable { get; set; }

    public long TotalSize { get; set; }

    public List<JsonElement>? Items { get; set; }
}
