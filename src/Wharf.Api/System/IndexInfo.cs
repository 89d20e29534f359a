namespace Wharf.Api.System;

/// <summary>Engine API 1.55, definition <c>IndexInfo</c>.</summary>
public sealed class IndexInfo
{
    public string? Name { get; set; }

    public List<string>? Mirrors { get; set; }

    public bool Secure { get; set; }

    public bool Official { get; set; }
}
