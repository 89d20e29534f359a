namespace Wharf.Api.System;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class ContainerdInfoNamespaces
{
    public string? Containers { get; set; }

    public string? Plugins { get; set; }
}
