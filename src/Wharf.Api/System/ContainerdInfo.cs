namespace Wharf.Api.System;

/// <summary>Engine API 1.55, definition <c>ContainerdInfo</c>.</summary>
public sealed class ContainerdInfo
{
    public string? Address { get; set; }

    public ContainerdInfoNamespaces? Namespaces { get; set; }
}
