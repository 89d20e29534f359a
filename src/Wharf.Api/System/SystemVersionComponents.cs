using System.Text.Json;

namespace Wharf.Api.System;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class SystemVersionComponents
{
    public string? Name { get; set; }

    public string? Version { get; set; }

    public JsonElement? Details { get; set; }
}
