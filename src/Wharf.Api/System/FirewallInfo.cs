namespace Wharf.Api.System;

/// <summary>Engine API 1.55, definition <c>FirewallInfo</c>.</summary>
public sealed class FirewallInfo
{
    public string? Driver { get; set; }

    public List<List<string>>? Info { get; set; }
}
