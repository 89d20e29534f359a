namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class HostConfigLogConfig : Changeable<HostConfigLogConfig>
{
    public string? Type { get; set; }

    public Dictionary<string, string>? Config { get; set; }
}
